package dev.busbar.ingress.webhook.scheme;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Standard Webhooks 1.0: {@code v1} signatures over {@code id.timestamp.body}. Those of
 * other versions are passed over, so that nobody can choose a weaker one.
 */
public final class StandardWebhooksVerifier implements Verifier {

	private static final String SECRET_PREFIX = "whsec_";

	private static final String VERSION = "v1,";

	private static final int SHA256_BYTES = 32;

	/** A sender that rotates signs twice; a header of thousands is an attack. */
	static final int MAX_SIGNATURES = 16;

	private static final byte[] DOT = { '.' };

	private final Hmac hmac;

	private final Tolerance tolerance;

	/**
	 * Creates the verifier.
	 * @param keys the keys, decoded
	 * @param tolerance how old a delivery may be
	 */
	public StandardWebhooksVerifier(List<byte[]> keys, Tolerance tolerance) {
		this.hmac = new Hmac(Hmac.Algorithm.SHA256, keys);
		this.tolerance = tolerance;
	}

	/**
	 * Reads a secret.
	 * @param secret the key in Base64, with the prefix {@code whsec_} or without
	 * @return the key
	 * @throws IllegalArgumentException if it is no Base64
	 */
	public static byte[] key(String secret) {
		return Base64.getDecoder()
			.decode(secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret);
	}

	@Override
	public @Nullable String refusal(WebhookRequest request) {
		String id = request.only("webhook-id");
		String timestamp = request.only("webhook-timestamp");
		String header = request.only("webhook-signature");
		if (id == null || timestamp == null || header == null) {
			return "not one each of webhook-id, webhook-timestamp and webhook-signature";
		}
		String stale = this.tolerance.refusal(timestamp);
		if (stale != null) {
			return stale;
		}
		List<byte[]> signatures = signatures(header);
		if (signatures.size() > MAX_SIGNATURES) {
			return "more than " + MAX_SIGNATURES + " signatures";
		}
		return this.hmac.matches(signatures, Tolerance.bytes(id), DOT, Tolerance.bytes(timestamp), DOT, request.body())
				? null : "no v1 signature matches";
	}

	private static List<byte[]> signatures(String header) {
		List<byte[]> signatures = new ArrayList<>();
		for (int start = 0; start < header.length() && signatures.size() <= MAX_SIGNATURES;) {
			int space = header.indexOf(' ', start);
			int end = (space < 0) ? header.length() : space;
			if (header.startsWith(VERSION, start)) {
				byte[] read = SignatureEncoding.BASE64.decode(header.substring(start + VERSION.length(), end),
						SHA256_BYTES);
				// What is malformed counts too.
				signatures.add((read != null) ? read : new byte[0]);
			}
			start = end + 1;
		}
		return signatures;
	}

	/**
	 * Whether a secret is a symmetric one.
	 * @param secret as the provider shows it
	 * @param bytes how many it must have at least
	 */
	public static boolean isKey(String secret, int bytes) {
		try {
			return key(secret).length >= bytes;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
