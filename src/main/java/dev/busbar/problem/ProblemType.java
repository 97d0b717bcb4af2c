package dev.busbar.problem;

import java.net.URI;

/**
 * The kinds of problems, each with a stable URI ({@code urn:busbar:problem:<name>}).
 */
public enum ProblemType {

	/** The request, or the event in it, is not well formed. */
	MALFORMED(400, "malformed", "Malformed request"),

	/** No valid credential is sent along. */
	UNAUTHORIZED(401, "unauthorized", "Credentials required"),

	/** A webhook comes from no known source, or does not prove it. */
	UNVERIFIED_WEBHOOK(401, "unverified-webhook", "Webhook not verified"),

	/** A web page of another origin asks, or asks under another name. */
	FORBIDDEN(403, "forbidden", "Not from here"),

	/** The caller is known, and may not do this. */
	INSUFFICIENT_SCOPE(403, "insufficient-scope", "Scope missing"),

	/** The caller may publish, but not events of this type or source. */
	EVENT_NOT_ALLOWED(403, "event-not-allowed", "Event not allowed for this caller"),

	/** The caller may not be this remote handler. */
	HANDLER_NOT_ALLOWED(403, "handler-not-allowed", "Remote handler not allowed for this caller"),

	/** A browser's session sends something without its token. */
	CSRF_TOKEN(403, "csrf-token", "CSRF token missing or wrong"),

	/** There is nothing at this address. */
	NOT_FOUND(404, "not-found", "Not found"),

	/** No event with this id is known. */
	UNKNOWN_EVENT(404, "unknown-event", "Unknown event"),

	/** No dead letter with this id is known. */
	UNKNOWN_DEAD_LETTER(404, "unknown-dead-letter", "Unknown dead letter"),

	/** No replay with this id is known. */
	UNKNOWN_REPLAY(404, "unknown-replay", "Unknown replay"),

	/** There is no feed here. */
	FEED_OFF(404, "feed-off", "No feed here"),

	/** No subscription has this name. */
	UNKNOWN_SUBSCRIPTION(404, "unknown-subscription", "Unknown subscription"),

	/** No delivery has this id. */
	UNKNOWN_DELIVERY(404, "unknown-delivery", "Unknown delivery"),

	/** No remote handler has this name. */
	UNKNOWN_HANDLER(404, "unknown-handler", "Unknown remote handler"),

	/** The address does not know the method. */
	METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed"),

	/** The body did not come in time. */
	TIMEOUT(408, "timeout", "Body too slow"),

	/** Several events have this id. */
	AMBIGUOUS_EVENT(409, "ambiguous-event", "Several events with this id"),

	/** The lease does not hold any more. */
	LEASE_LOST(409, "lease-lost", "Lease lost"),

	/** The dead letter cannot be replayed, changed or discarded as it is now. */
	DEAD_LETTER_STATE(409, "dead-letter-state", "Not possible with this dead letter"),

	/** Too many replays run at the same time. */
	TOO_MANY_REPLAYS(409, "too-many-replays", "Too many replays"),

	/** What follows a place in the feed is not kept any more. */
	POSITION_GONE(410, "position-gone", "Events were missed"),

	/** The subscription cannot be created, changed or used as it is now. */
	SUBSCRIPTION_STATE(409, "subscription-state", "Not possible with this subscription"),

	/** The delivery cannot be attempted again as it is now. */
	DELIVERY_STATE(409, "delivery-state", "Not possible with this delivery"),

	/** The body or the batch is too large. */
	TOO_LARGE(413, "too-large", "Too large"),

	/** The format, charset or encoding of the body is not known. */
	UNKNOWN_FORMAT(415, "unknown-format", "Unknown format"),

	/** The event type is not known. */
	UNKNOWN_EVENT_TYPE(422, "unknown-event-type", "Unknown event type"),

	/** The data does not fit the event type. */
	DATA_MISMATCH(422, "data-mismatch", "Data does not fit the event type"),

	/** The dead letter holds no event that can be read. */
	UNREADABLE_DEAD_LETTER(422, "unreadable-dead-letter", "No event in the dead letter"),

	/** The address speaks WebSocket alone. */
	UPGRADE_REQUIRED(426, "upgrade-required", "WebSocket required"),

	/** The caller has sent more than its rate limit allows. */
	RATE_LIMITED(429, "rate-limited", "Too many requests"),
	/** The subscription is not one that is allowed. */
	INVALID_SUBSCRIPTION(422, "invalid-subscription", "Not a valid subscription"),

	/** A fault of the server. */
	INTERNAL(500, "internal", "Internal error"),

	/** The broker answered, and does not take the event. */
	EVENT_REJECTED(502, "event-rejected", "The broker refused the event"),

	/** The handler failed at the event, which is kept as a dead letter. */
	DEAD_LETTERED(502, "dead-lettered", "The event is a dead letter"),

	/** What callers prove who they are with cannot be checked now. */
	ACCESS_UNAVAILABLE(503, "access-unavailable", "Callers cannot be checked now"),

	/** The broker cannot be reached. */
	BROKER_UNAVAILABLE(503, "broker-unavailable", "The broker cannot be reached"),

	/** As many events wait to be published as may. */
	OUTBOX_FULL(503, "outbox-full", "The outbox is full"),

	/** The database cannot be reached. */
	DATABASE_UNAVAILABLE(503, "database-unavailable", "The database cannot be reached"),

	/** As many follow the feed as may. */
	TOO_MANY_READERS(503, "too-many-readers", "Too many readers"),

	/** As many WebSockets are open as may. */
	TOO_MANY_CONNECTIONS(503, "too-many-connections", "Too many connections"),

	/** More comes in at the same time than there is room for. */
	BUSY(503, "busy", "Too much at once"),

	/** The application stops. */
	STOPPING(503, "stopping", "The application stops");

	private final int status;

	private final URI uri;

	private final String title;

	ProblemType(int status, String name, String title) {
		this.status = status;
		this.uri = URI.create("urn:busbar:problem:" + name);
		this.title = title;
	}

	/** The status code of the answer. */
	public int status() {
		return this.status;
	}

	/** The stable identifier. */
	public URI uri() {
		return this.uri;
	}

	/** What it is, in a few words. */
	public String title() {
		return this.title;
	}

}
