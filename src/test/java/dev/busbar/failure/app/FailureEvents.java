package dev.busbar.failure.app;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * The event types of the failure suite's application.
 */
interface FailureEvents {

	/**
	 * Has one result, {@link Booked}.
	 *
	 * @param key the key
	 * @param number its place among those of its key
	 * @param halt where the process halts, see {@link Halts}
	 */
	@EventType("failure.ordered")
	record Ordered(@EventKey String key, int number, @Nullable String halt) {
	}

	/** What comes of {@link Ordered}. */
	@EventType("failure.booked")
	record Booked(@EventKey String key, int number, @Nullable String halt) {
	}

	/** Its handler takes that many milliseconds. */
	@EventType("failure.slow")
	record Slow(@EventKey String key, int number, int millis) {
	}

	/** Has a text of almost a megabyte. */
	@EventType("failure.large")
	record Large(@EventKey String key, int number, String text) {
	}

	/** If broken, its handler throws each time; all attempts are in place. */
	@EventType("failure.fragile")
	record Fragile(@EventKey String key, int number, boolean broken) {
	}

	/** If broken, its handler throws each time; later events of the key are parked. */
	@EventType("failure.parked")
	record Parked(@EventKey String key, int number, boolean broken) {
	}

	/** If broken, its handler throws each time; later events of the key overtake. */
	@EventType("failure.overtaken")
	record Overtaken(@EventKey String key, int number, boolean broken) {
	}

	/** Published by the application's own transactions. */
	@EventType("failure.sold")
	record Sold(@EventKey String key, int number, @Nullable String halt) {
	}

}
