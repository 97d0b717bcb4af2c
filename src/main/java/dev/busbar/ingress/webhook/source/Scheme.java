package dev.busbar.ingress.webhook.source;

import org.jspecify.annotations.Nullable;

/**
 * How the deliveries of a source prove where they come from, and where such deliveries
 * usually carry their event's type and id.
 */
public enum Scheme {

	/** Standard Webhooks 1.0 with symmetric secrets: signs id, timestamp and body. */
	STANDARD_WEBHOOKS(true, true, "{/type}", "{header:webhook-id}"),

	/** GitHub: {@code X-Hub-Signature-256}, over the body. */
	GITHUB(true, false, "github.{header:X-GitHub-Event}.{/action}", "{header:X-GitHub-Delivery}"),

	/** Stripe: {@code Stripe-Signature}, over timestamp and body. */
	STRIPE(true, true, "stripe.{/type}", "{/id}"),

	/** Shopify: {@code X-Shopify-Hmac-Sha256}, over the body. */
	SHOPIFY(true, false, "shopify.{header:X-Shopify-Topic}", "{header:X-Shopify-Webhook-Id}"),

	/** Slack: {@code X-Slack-Signature}, over timestamp and body. */
	SLACK(true, true, "slack.{/event/type}", "{/event_id}"),

	/** An HMAC over the body in a header of one's choice. */
	HMAC(true, false, "{/type}", null),

	/** User name and password (RFC 7617). */
	BASIC(false, false, "{/type}", null),

	/** A key in a header, or in the body. */
	API_KEY(false, false, "{/type}", null),

	/** Anyone on this machine. */
	OPEN(false, false, "{/type}", null);

	private final boolean signed;

	private final boolean timed;

	private final String type;

	private final @Nullable String id;

	Scheme(boolean signed, boolean timed, String type, @Nullable String id) {
		this.signed = signed;
		this.timed = timed;
		this.type = type;
		this.id = id;
	}

	/** Whether the body is signed. */
	public boolean isSigned() {
		return this.signed;
	}

	/** Whether the time of the delivery is signed. */
	public boolean isTimed() {
		return this.timed;
	}

	/** The template of the event type. */
	public String type() {
		return this.type;
	}

	/** The template of the id, null where deliveries carry none. */
	public @Nullable String id() {
		return this.id;
	}

}
