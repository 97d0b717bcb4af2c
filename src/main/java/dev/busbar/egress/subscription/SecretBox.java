package dev.busbar.egress.subscription;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * Keeps secrets in the database: encrypted with AES-256-GCM where a key is configured,
 * else as they are. What was kept without a key stays readable with one.
 */
final class SecretBox {

	private static final String ENCRYPTED = "aes-gcm:";

	private static final String PLAIN = "plain:";

	private static final int KEY = 32;

	private static final int NONCE = 12;

	private static final int TAG_BITS = 128;

	private final SecureRandom random = new SecureRandom();

	private final @Nullable SecretKeySpec key;

	/**
	 * Creates a box.
	 * @param key 32 bytes in Base64, null to keep secrets as they are
	 * @throws IllegalArgumentException if the key is none
	 */
	SecretBox(@Nullable String key) {
		this.key = (key != null && !key.isBlank()) ? key(key.strip()) : null;
	}

	private static SecretKeySpec key(String text) {
		byte[] bytes;
		try {
			bytes = Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			bytes = new byte[0];
		}
		if (bytes.length != KEY) {
			throw new IllegalArgumentException("busbar.deliveries.encryption-key must be " + KEY
					+ " random bytes in Base64. Make one with: openssl rand -base64 32");
		}
		return new SecretKeySpec(bytes, "AES");
	}

	/**
	 * Closes a text.
	 * @param text what to keep
	 * @param place where it is kept: it opens nowhere else
	 */
	String close(String text, String place) {
		if (this.key == null) {
			return PLAIN + text;
		}
		byte[] nonce = new byte[NONCE];
		this.random.nextBytes(nonce);
		try {
			byte[] closed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(text.getBytes(StandardCharsets.UTF_8));
			return ENCRYPTED + Base64.getEncoder()
				.encodeToString(ByteBuffer.allocate(NONCE + closed.length).put(nonce).put(closed).array());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("A secret cannot be encrypted", ex);
		}
	}

	/**
	 * Opens what was closed.
	 * @throws IllegalStateException if the key is missing or another one, or the text is
	 * from another place
	 */
	String open(String closed, String place) {
		if (closed.startsWith(PLAIN)) {
			return closed.substring(PLAIN.length());
		}
		if (this.key == null || !closed.startsWith(ENCRYPTED)) {
			throw unreadable(null);
		}
		try {
			byte[] bytes = Base64.getDecoder().decode(closed.substring(ENCRYPTED.length()));
			byte[] nonce = Arrays.copyOf(bytes, NONCE);
			byte[] text = cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(bytes, NONCE, bytes.length - NONCE);
			return new String(text, StandardCharsets.UTF_8);
		}
		catch (GeneralSecurityException | IllegalArgumentException ex) {
			throw unreadable(ex);
		}
	}

	private static IllegalStateException unreadable(@Nullable Exception cause) {
		return new IllegalStateException(
				"The secrets of a subscription in the database are encrypted with another key: "
						+ "set busbar.deliveries.encryption-key to the one they were kept with",
				cause);
	}

	private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
		cipher.init(mode, this.key, new GCMParameterSpec(TAG_BITS, nonce));
		cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
		return cipher;
	}

}
