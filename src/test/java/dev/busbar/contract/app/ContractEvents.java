package dev.busbar.contract.app;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

/**
 * The event types of the contract's application.
 */
interface ContractEvents {

	/** Leaves an effect, nothing else. */
	@EventType("contract.noted")
	record Noted(@EventKey String key, int number) {
	}

	/** Leaves an effect that says whether another key was handled at the same time. */
	@EventType("contract.met")
	record Met(@EventKey String key, int number) {
	}

	/** Opens a series of different types on one stream. */
	@EventType(value = "contract.opened", stream = "contract.series")
	record Opened(@EventKey String key, int number) {
	}

	@EventType(value = "contract.moved", stream = "contract.series")
	record Moved(@EventKey String key, int number) {
	}

	@EventType(value = "contract.closed", stream = "contract.series")
	record Closed(@EventKey String key, int number) {
	}

	/** Leaves an effect that says which process handled it. */
	@EventType(value = "contract.shared", stream = "contract.series")
	record Shared(@EventKey String key, int number) {
	}

	/**
	 * Answered by one of the two of {@link Answer}. Leaves an effect that says which
	 * process handled it.
	 */
	@EventType("contract.asked")
	record Asked(@EventKey String key, int number) {
	}

	/** What comes of {@link Asked}. */
	sealed interface Answer permits Accepted, Refused {

	}

	@EventType("contract.accepted")
	record Accepted(@EventKey String key, int number) implements Answer {
	}

	@EventType("contract.refused")
	record Refused(@EventKey String key, int number) implements Answer {
	}

	/** Has a result of so many characters, which nobody handles. */
	@EventType("contract.inflated")
	record Inflated(@EventKey String key, int number) {
	}

	@EventType("contract.blown")
	record Blown(@EventKey String key, String text) {
	}

	/** Handled in batches. */
	@EventType("contract.measured")
	record Measured(@EventKey String key, int number) {
	}

	/** Its commit fails as often as {@code number} says. */
	@EventType("contract.troubled")
	record Troubled(@EventKey String key, int number) {
	}

	/** Leaves an effect while its binding runs. */
	@EventType("contract.paused")
	record Paused(@EventKey String key, int number) {
	}

	/** Cannot be handled while its number is negative. */
	@EventType("contract.owed")
	record Owed(@EventKey String key, int number) {
	}

	/** Has a producer publish a {@link Ticked} with the same key and number. */
	@EventType("contract.wound")
	record Wound(@EventKey String key, int number) {
	}

	@EventType("contract.ticked")
	record Ticked(@EventKey String key, int number) {
	}

	/**
	 * After the first commit of number 1 the process halts, before anything is
	 * acknowledged.
	 */
	@EventType("contract.crashed")
	record Crashed(@EventKey String key, int number) {
	}

}
