package dev.busbar.ingress.webhook.scheme;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An HMAC over the body alone, in a header: GitHub, Shopify and many others.
 */
public final class BodyVerifier implements Verifier {

	private final Hmac hmac;

	private final String header;

	private final int bytes;

	private final SignatureEncoding encoding;

	private final String prefix;

	/**
	 * Creates the verifier.
	 * @param header the header that holds the signature
	 * @param algorithm the algorithm
	 * @param encoding how the signature is written
	 * @param prefix what stands before it, may be empty
	 * @param keys the keys
	 */
	public BodyVerifier(String header, Hmac.Algorithm algorithm, SignatureEncoding encoding, String prefix,
			List<byte[]> keys) {
		this.hmac = new Hmac(algorithm, keys);
		this.header = header;
		this.bytes = algorithm.bytes();
		this.encoding = encoding;
		this.prefix = prefix;
	}

	/** GitHub's; the older SHA-1 signature beside it is not looked at. */
	public static BodyVerifier github(List<String> secrets) {
		return new BodyVerifier("X-Hub-Signature-256", Hmac.Algorithm.SHA256, SignatureEncoding.HEX, "sha256=",
				Hmac.bytes(secrets));
	}

	/** Shopify's. */
	public static BodyVerifier shopify(List<String> secrets) {
		return new BodyVerifier("X-Shopify-Hmac-Sha256", Hmac.Algorithm.SHA256, SignatureEncoding.BASE64, "",
				Hmac.bytes(secrets));
	}

	@Override
	public @Nullable String refusal(WebhookRequest request) {
		String value = request.only(this.header);
		byte[] signature = (value != null && value.startsWith(this.prefix))
				? this.encoding.decode(value.substring(this.prefix.length()), this.bytes) : null;
		if (signature == null) {
			return "not one " + this.header + ", or none that is well-formed";
		}
		return this.hmac.matches(List.of(signature), request.body()) ? null : "the signature does not match";
	}

}
