package dev.busbar.ingress.webhook.scheme;

import java.util.Base64;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a signature are written.
 */
public enum SignatureEncoding {

	/** Hexadecimal digits of either case. */
	HEX {
		@Override
		byte[] read(String text) {
			return HexFormat.of().parseHex(text);
		}
	},

	/** Base64 (RFC 4648, section 4). */
	BASE64 {
		@Override
		byte[] read(String text) {
			return Base64.getDecoder().decode(text);
		}
	},

	/** Base64 for URLs (RFC 4648, section 5). */
	BASE64URL {
		@Override
		byte[] read(String text) {
			return Base64.getUrlDecoder().decode(text);
		}
	};

	// No signature is longer: 128 hexadecimal digits.
	private static final int MAX_LENGTH = 256;

	/**
	 * Reads a signature.
	 * @param text the text as it came
	 * @param bytes how many bytes it must have
	 * @return the bytes, null if it has not as many or is not well-formed
	 */
	byte @Nullable [] decode(String text, int bytes) {
		if (text.length() > MAX_LENGTH) {
			return null;
		}
		try {
			byte[] read = read(text);
			return (read.length == bytes) ? read : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	abstract byte[] read(String text);

}
