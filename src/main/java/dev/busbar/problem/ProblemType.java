package dev.busbar.problem;

import java.net.URI;

/**
 * The kinds of problems, each with a stable URI ({@code urn:busbar:problem:<name>}).
 */
public enum ProblemType {

	/** The request, or the event in it, is not well formed. */
	MALFORMED(400, "malformed", "Malformed request"),

	/** An API key is missing or wrong. */
	UNAUTHORIZED(401, "unauthorized", "API key required"),

	/** A webhook comes from no known source, or does not prove it. */
	UNVERIFIED_WEBHOOK(401, "unverified-webhook", "Webhook not verified"),

	/** A web page of another origin asks, or asks under another name. */
	FORBIDDEN(403, "forbidden", "Not from here"),

	/** There is nothing at this address. */
	NOT_FOUND(404, "not-found", "Not found"),

	/** No event with this id is known. */
	UNKNOWN_EVENT(404, "unknown-event", "Unknown event"),

	/** No dead letter with this id is known. */
	UNKNOWN_DEAD_LETTER(404, "unknown-dead-letter", "Unknown dead letter"),

	/** No replay with this id is known. */
	UNKNOWN_REPLAY(404, "unknown-replay", "Unknown replay"),

	/** The address does not know the method. */
	METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed"),

	/** The body did not come in time. */
	TIMEOUT(408, "timeout", "Body too slow"),

	/** Several events have this id. */
	AMBIGUOUS_EVENT(409, "ambiguous-event", "Several events with this id"),

	/** The dead letter cannot be replayed, changed or discarded as it is now. */
	DEAD_LETTER_STATE(409, "dead-letter-state", "Not possible with this dead letter"),

	/** Too many replays run at the same time. */
	TOO_MANY_REPLAYS(409, "too-many-replays", "Too many replays"),

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

	/** A fault of the server. */
	INTERNAL(500, "internal", "Internal error"),

	/** The broker answered, and does not take the event. */
	EVENT_REJECTED(502, "event-rejected", "The broker refused the event"),

	/** The broker cannot be reached. */
	BROKER_UNAVAILABLE(503, "broker-unavailable", "The broker cannot be reached");

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
