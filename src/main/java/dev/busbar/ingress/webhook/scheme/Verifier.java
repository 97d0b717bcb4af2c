package dev.busbar.ingress.webhook.scheme;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a request comes from its source. Safe for use by several threads.
 */
@FunctionalInterface
public interface Verifier {

	/**
	 * Looks at a request. How long that takes does not depend on how much of a signature
	 * or credential is right.
	 * @param request the request
	 * @return why it is refused, for the log alone, without anything out of the request;
	 * null if it is verified
	 */
	@Nullable String refusal(WebhookRequest request);

}
