package dev.busbar.ingress.webhook.scheme;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Slack: {@code X-Slack-Signature: v0=<hex>} over {@code v0:<seconds>:body}.
 */
public final class SlackVerifier implements Verifier {

	private static final String VERSION = "v0=";

	private static final int SHA256_BYTES = 32;

	private final Hmac hmac;

	private final Tolerance tolerance;

	/**
	 * Creates the verifier.
	 * @param secrets the signing secrets as Slack shows them
	 * @param tolerance how old a delivery may be
	 */
	public SlackVerifier(List<String> secrets, Tolerance tolerance) {
		this.hmac = Hmac.sha256(secrets);
		this.tolerance = tolerance;
	}

	@Override
	public @Nullable String refusal(WebhookRequest request) {
		String timestamp = request.only("X-Slack-Request-Timestamp");
		String stale = this.tolerance.refusal(timestamp);
		if (stale != null || timestamp == null) {
			return stale;
		}
		String header = request.only("X-Slack-Signature");
		byte[] signature = (header != null && header.startsWith(VERSION))
				? SignatureEncoding.HEX.decode(header.substring(VERSION.length()), SHA256_BYTES) : null;
		if (signature == null) {
			return "not one X-Slack-Signature of v0";
		}
		return this.hmac.matches(List.of(signature), Tolerance.bytes("v0:" + timestamp + ":"), request.body()) ? null
				: "the signature does not match";
	}

}
