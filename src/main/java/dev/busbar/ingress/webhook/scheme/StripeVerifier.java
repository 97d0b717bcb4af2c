package dev.busbar.ingress.webhook.scheme;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Stripe: {@code Stripe-Signature: t=<seconds>,v1=<hex>,...} over {@code t.body}. Other
 * versions are passed over.
 */
public final class StripeVerifier implements Verifier {

	private static final int SHA256_BYTES = 32;

	private static final byte[] DOT = { '.' };

	private final Hmac hmac;

	private final Tolerance tolerance;

	/**
	 * Creates the verifier.
	 * @param secrets the secrets as Stripe shows them
	 * @param tolerance how old a delivery may be
	 */
	public StripeVerifier(List<String> secrets, Tolerance tolerance) {
		this.hmac = Hmac.sha256(secrets);
		this.tolerance = tolerance;
	}

	@Override
	public @Nullable String refusal(WebhookRequest request) {
		String header = request.only("Stripe-Signature");
		if (header == null) {
			return "not one Stripe-Signature";
		}
		String timestamp = null;
		List<byte[]> signatures = new ArrayList<>();
		for (String entry : header.split(",", StandardWebhooksVerifier.MAX_SIGNATURES + 2)) {
			if (entry.startsWith("t=")) {
				if (timestamp != null) {
					return "two timestamps";
				}
				timestamp = entry.substring(2);
			}
			else if (entry.startsWith("v1=")) {
				byte[] read = SignatureEncoding.HEX.decode(entry.substring(3), SHA256_BYTES);
				signatures.add((read != null) ? read : new byte[0]);
			}
		}
		String stale = this.tolerance.refusal(timestamp);
		if (stale != null || timestamp == null) {
			return stale;
		}
		if (signatures.size() > StandardWebhooksVerifier.MAX_SIGNATURES) {
			return "more than " + StandardWebhooksVerifier.MAX_SIGNATURES + " signatures";
		}
		return this.hmac.matches(signatures, Tolerance.bytes(timestamp), DOT, request.body()) ? null
				: "no v1 signature matches";
	}

}
