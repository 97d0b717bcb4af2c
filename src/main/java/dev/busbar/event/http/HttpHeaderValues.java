package dev.busbar.event.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import dev.busbar.event.EventFormatException;
import dev.busbar.event.format.Utf8;

/**
 * Attribute values in HTTP headers, percent-encoded as the CloudEvents HTTP binding
 * (3.1.3.2) has it.
 */
public final class HttpHeaderValues {

	private static final char[] HEX = "0123456789ABCDEF".toCharArray();

	private HttpHeaderValues() {
	}

	/**
	 * Encodes a value: what is not printable ASCII, space, double quote and percent
	 * become {@code %XX} of their UTF-8 bytes.
	 * @param value the value
	 * @return printable ASCII alone
	 */
	public static String encode(String value) {
		int plain = 0;
		while (plain < value.length() && isPlain(value.charAt(plain))) {
			plain++;
		}
		if (plain == value.length()) {
			return value;
		}
		StringBuilder encoded = new StringBuilder(value.length() + 16).append(value, 0, plain);
		for (byte b : value.substring(plain).getBytes(StandardCharsets.UTF_8)) {
			if (isPlain((char) (b & 0xFF))) {
				encoded.append((char) b);
			}
			else {
				encoded.append('%').append(HEX[(b >> 4) & 0xF]).append(HEX[b & 0xF]);
			}
		}
		return encoded.toString();
	}

	/**
	 * Decodes a value. A quoted string (as older senders write it) is unquoted first;
	 * values that are not encoded stay as they are, and UTF-8 that a server read as
	 * Latin-1 is put right.
	 * @param header the header's value, one char per byte, or already decoded by the
	 * server
	 * @return the attribute's value
	 * @throws EventFormatException if a percent sign does not start an encoded byte, or
	 * the bytes are not well-formed UTF-8
	 */
	public static String decode(String header) {
		String value = unquote(header.strip());
		boolean plain = true;
		boolean latin = true;
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			plain &= c != '%' && c < 0x80;
			latin &= c < 0x100;
		}
		if (plain) {
			return value;
		}
		byte[] bytes = value.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
		String decoded = Utf8.decode(percentDecoded(bytes));
		if (decoded == null && latin) {
			decoded = Utf8.decode(percentDecoded(value.getBytes(StandardCharsets.UTF_8)));
		}
		if (decoded == null) {
			throw new EventFormatException(
					"a header's value is not well-formed UTF-8; percent-encode the UTF-8 bytes of each character outside ASCII");
		}
		return decoded;
	}

	private static boolean isPlain(char c) {
		return c > 0x20 && c < 0x7F && c != '"' && c != '%';
	}

	private static String unquote(String value) {
		int last = value.length() - 1;
		if (last < 1 || value.charAt(0) != '"' || value.charAt(last) != '"') {
			return value;
		}
		StringBuilder text = new StringBuilder(last);
		for (int i = 1; i < last; i++) {
			if (value.charAt(i) == '\\' && i + 1 < last) {
				i++;
			}
			text.append(value.charAt(i));
		}
		return text.toString();
	}

	private static byte[] percentDecoded(byte[] bytes) {
		ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
		for (int i = 0; i < bytes.length; i++) {
			if (bytes[i] != '%') {
				decoded.write(bytes[i]);
				continue;
			}
			int high = (i + 2 < bytes.length) ? Character.digit((char) bytes[i + 1], 16) : -1;
			int low = (high >= 0) ? Character.digit((char) bytes[i + 2], 16) : -1;
			if (low < 0) {
				throw new EventFormatException(
						"a header's value has a '%' without two hexadecimal digits; write the percent sign itself as %25");
			}
			decoded.write(high << 4 | low);
			i += 2;
		}
		return decoded.toByteArray();
	}

}
