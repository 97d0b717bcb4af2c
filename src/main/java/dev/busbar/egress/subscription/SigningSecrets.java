package dev.busbar.egress.subscription;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * The secrets of a subscription, as Standard Webhooks has them: {@code whsec_} and 24 to
 * 64 random bytes in Base64. Its text shows none of them.
 *
 * @param current the secret
 * @param previous the secret before, null if it was never changed
 * @param previousUntil until when the secret before is used too, null for without end
 */
public record SigningSecrets(String current, @Nullable String previous, @Nullable Instant previousUntil) {

	/** How long the secret before is used too. */
	public static final Duration OVERLAP = Duration.ofDays(1);

	private static final String PREFIX = "whsec_";

	private static final int MIN = 24;

	private static final int MAX = 64;

	private static final int GENERATED = 32;

	private static final SecureRandom RANDOM = new SecureRandom();

	public SigningSecrets {
		key(current);
		if (previous != null) {
			key(previous);
		}
	}

	/** A new secret without one before. */
	static SigningSecrets generate() {
		byte[] bytes = new byte[GENERATED];
		RANDOM.nextBytes(bytes);
		return new SigningSecrets(PREFIX + Base64.getEncoder().encodeToString(bytes), null, null);
	}

	/**
	 * A new secret, with the present one as the one before.
	 * @param now the time
	 */
	SigningSecrets rotate(Instant now) {
		return new SigningSecrets(generate().current(), this.current, now.plus(OVERLAP));
	}

	/**
	 * Signs a webhook with each secret that is valid.
	 * @param id the webhook's id
	 * @param time the time of the attempt
	 * @param body the body of the request
	 * @return the value of the header {@code webhook-signature}
	 */
	public String sign(String id, Instant time, byte[] body) {
		String signature = sign(this.current, id, time, body);
		if (this.previous == null || (this.previousUntil != null && !time.isBefore(this.previousUntil))) {
			return signature;
		}
		return signature + " " + sign(this.previous, id, time, body);
	}

	private static String sign(String secret, String id, Instant time, byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
			mac.update((id + "." + time.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
			return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	private static byte[] key(String secret) {
		try {
			if (secret.startsWith(PREFIX)) {
				byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
				if (key.length >= MIN && key.length <= MAX) {
					return key;
				}
			}
		}
		catch (IllegalArgumentException ex) {
			// Told below, without the secret.
		}
		throw new IllegalArgumentException("A secret must be " + PREFIX + " and " + MIN + " to " + MAX
				+ " random bytes in Base64. Make one with: echo whsec_$(openssl rand -base64 32)");
	}

	@Override
	public String toString() {
		return "SigningSecrets[...]";
	}

}
