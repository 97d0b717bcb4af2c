package dev.busbar.store.inbox;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What the inbox knows about one event in one group.
 *
 * @param group the consumer group
 * @param source the event's source
 * @param id the event's id
 * @param type the event's type
 * @param state what became of it
 * @param attempts how many attempts were made
 * @param time when it reached this state
 * @param duration how long the handler took, null if it did not succeed
 * @param cause the id of the event that it came of, null if it tells none
 */
public record InboxEntry(String group, String source, String id, String type, State state, int attempts, Instant time,
		@Nullable Duration duration, @Nullable String cause) {

	/** An event that tells no cause. */
	public InboxEntry(String group, String source, String id, String type, State state, int attempts, Instant time,
			@Nullable Duration duration) {
		this(group, source, id, type, state, attempts, time, duration, null);
	}

	/**
	 * The states of an event in the inbox.
	 */
	public enum State {

		/** The handler's effects are committed. */
		HANDLED,

		/** It is to be tried again later. */
		DELAYED,

		/** It is a dead letter. */
		DEAD,

		/** It is a dead letter on its way back to its handler. */
		REPLAYING

	}

}
