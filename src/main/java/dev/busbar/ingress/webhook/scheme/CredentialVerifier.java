package dev.busbar.ingress.webhook.scheme;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

import dev.busbar.event.EventFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A secret that is sent as it is. Only digests are compared, so that not even its length
 * shows.
 */
public final class CredentialVerifier implements Verifier {

	private static final String BASIC = "Basic ";

	private final List<byte[]> digests;

	private final Function<WebhookRequest, byte @Nullable []> presented;

	private CredentialVerifier(List<String> secrets, Function<WebhookRequest, byte @Nullable []> presented) {
		this.digests = Hmac.bytes(secrets).stream().map(CredentialVerifier::sha256).toList();
		this.presented = presented;
	}

	/** User names and passwords, each as {@code user:password}. */
	public static CredentialVerifier basic(List<String> secrets) {
		return new CredentialVerifier(secrets, CredentialVerifier::userAndPassword);
	}

	/**
	 * A key in a place of the request.
	 * @param secrets the keys
	 * @param place gives the key as it was sent, null if it is not there
	 */
	public static CredentialVerifier key(List<String> secrets, Function<WebhookRequest, byte @Nullable []> place) {
		return new CredentialVerifier(secrets, place);
	}

	@Override
	public @Nullable String refusal(WebhookRequest request) {
		byte[] credential;
		try {
			credential = this.presented.apply(request);
		}
		catch (EventFormatException ex) {
			credential = null;
		}
		if (credential == null) {
			return "no credential, or several";
		}
		byte[] digest = sha256(credential);
		boolean matches = false;
		for (byte[] each : this.digests) {
			matches |= MessageDigest.isEqual(each, digest);
		}
		return matches ? null : "the credential is wrong";
	}

	private static byte @Nullable [] userAndPassword(WebhookRequest request) {
		String header = request.only("Authorization");
		if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
			return null;
		}
		try {
			return Base64.getDecoder().decode(header.substring(BASIC.length()).trim());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static byte[] sha256(byte[] text) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(text);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
