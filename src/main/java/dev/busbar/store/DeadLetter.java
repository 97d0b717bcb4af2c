package dev.busbar.store;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event, or a message that was none, that could not be handled.
 *
 * @param id the dead letter's own id
 * @param group the consumer group
 * @param handler the bean that failed, null if it never came to one
 * @param source the event's source, null if the message did not decode
 * @param eventId the event's id, null if the message did not decode
 * @param type the event's type, null if the message did not decode
 * @param key the event's key
 * @param headers the message's headers as text, without secrets
 * @param payload the message's payload byte for byte, null if it had none
 * @param exception the class of the exception
 * @param cause the chain of causes as text, at most 8,000 characters
 * @param attempts how many attempts were made
 * @param firstFailure when the first attempt failed
 * @param lastFailure when the last attempt failed
 * @param origin where the message came from
 */
@SuppressWarnings("ArrayRecordComponent")
public record DeadLetter(UUID id, String group, @Nullable String handler, @Nullable String source,
		@Nullable String eventId, @Nullable String type, @Nullable String key, Map<String, String> headers,
		byte @Nullable [] payload, String exception, String cause, int attempts, Instant firstFailure,
		Instant lastFailure, Origin origin) {

	public DeadLetter {
		headers = Map.copyOf(headers);
	}

	/**
	 * Where a message came from.
	 *
	 * @param broker the binder's name
	 * @param destination the broker's destination
	 * @param partition the partition, null if unknown
	 * @param position the position in the partition (an offset or a delivery tag), null
	 * if unknown
	 */
	public record Origin(String broker, String destination, @Nullable Integer partition, @Nullable Long position) {

	}

}
