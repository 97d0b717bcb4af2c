package dev.busbar.ingress.webhook.source;

/**
 * What becomes of verified deliveries whose event type the application does not know.
 */
public enum UnhandledTypes {

	/** They are refused with 422. */
	REJECT,

	/** They are answered as if they were taken, and forgotten. */
	ACCEPT_AND_DROP,

	/** They are kept as dead letters. */
	DEAD_LETTER

}
