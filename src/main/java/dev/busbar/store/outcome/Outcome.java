package dev.busbar.store.outcome;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * How an event has ended in a group.
 */
public sealed interface Outcome {

	/**
	 * Its handler's effects and results are committed.
	 *
	 * @param time when they were
	 */
	record Handled(Instant time) implements Outcome {

	}

	/**
	 * It is a dead letter.
	 *
	 * @param letter the dead letter's own id
	 * @param handler the bean that failed, null if it never came to one
	 * @param exception the class of the exception
	 * @param attempts how many attempts were made
	 */
	record Dead(UUID letter, @Nullable String handler, String exception, int attempts) implements Outcome {

	}

}
