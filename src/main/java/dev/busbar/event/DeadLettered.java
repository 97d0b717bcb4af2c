package dev.busbar.event;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An event, or a message that was none, has become a dead letter. Write a handler for it
 * to be told.
 *
 * @param letter the id of the dead letter, as in {@code GET /dead-letters/{id}}
 * @param group the consumer group that could not handle it
 * @param handler the bean that failed, null if it never came to one
 * @param type the event's type, null if the message did not decode
 * @param eventId the event's id, null if the message did not decode
 * @param source the event's source, null if the message did not decode
 * @param key the event's key, null if it has none
 * @param exception the class of the exception
 * @param attempts how many attempts were made
 * @param time when the last attempt failed
 */
@EventType(DeadLettered.TYPE)
public record DeadLettered(String letter, String group, @Nullable String handler, @Nullable String type,
		@Nullable String eventId, @Nullable String source, @Nullable String key, String exception, int attempts,
		Instant time) {

	/** The name of the event type. */
	public static final String TYPE = "busbar.dead-lettered";

}
