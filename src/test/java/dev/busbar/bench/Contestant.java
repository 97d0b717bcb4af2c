package dev.busbar.bench;

import java.time.Duration;
import java.util.Map;

/**
 * One that takes part in a contest.
 */
@FunctionalInterface
interface Contestant extends AutoCloseable {

	/** How long its warm-up takes at least. */
	default Duration least() {
		return Duration.ZERO;
	}

	/**
	 * Starts it and warms it up, once.
	 * @param most how long both may take; the least is taken whatever this says
	 */
	default void open(Duration most) throws Exception {
	}

	/** Lets it have its turn, and gives the values by what they are called. */
	Map<String, Double> round() throws Exception;

	/** Ends it in good order after its last round, and checks its work. */
	default void finish() throws Exception {
	}

	/** Ends it at whatever place, and gives back what was taken. */
	@Override
	default void close() {
	}

}
