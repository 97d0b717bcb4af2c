package dev.busbar.failure.ground;

import org.jspecify.annotations.Nullable;

/**
 * What a handler wrote.
 *
 * @param type the event's type
 * @param eventId the event's id
 * @param eventKey the event's key
 * @param number the event's place among those of its key
 * @param cause of a result, the id of the event it comes of
 * @param process the process that handled it
 * @param millis when
 */
public record Effect(String type, String eventId, String eventKey, int number, @Nullable String cause, String process,
		long millis) {

}
