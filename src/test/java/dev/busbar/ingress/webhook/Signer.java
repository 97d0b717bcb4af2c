package dev.busbar.ingress.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as the providers do, with the JDK alone.
 */
public final class Signer {

	private Signer() {
	}

	public static byte[] hmac(byte[] key, String content) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static String hex(String key, String content) {
		return HexFormat.of().formatHex(hmac(key.getBytes(StandardCharsets.UTF_8), content));
	}

	public static String base64(String key, String content) {
		return Base64.getEncoder().encodeToString(hmac(key.getBytes(StandardCharsets.UTF_8), content));
	}

	/** The three headers of Standard Webhooks as names and values. */
	public static String[] standard(String secret, String id, long seconds, String body) {
		byte[] key = Base64.getDecoder().decode(secret.replace("whsec_", ""));
		return new String[] { "Content-Type", "application/json", "webhook-id", id, "webhook-timestamp", "" + seconds,
				"webhook-signature",
				"v1," + Base64.getEncoder().encodeToString(hmac(key, id + "." + seconds + "." + body)) };
	}

}
