package dev.busbar.ingress.reply;

import dev.busbar.store.outcome.AwaitedEvent;
import dev.busbar.store.outcome.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Someone who waits for what becomes of an event. It has its place before the event is
 * stored, so that it misses nothing, and begins to wait once that is.
 */
final class Waiter {

	private final AwaitedEvent event;

	private final Place place;

	private volatile @Nullable Reply reply;

	private volatile long deadline;

	Waiter(AwaitedEvent event) {
		this.event = event;
		this.place = new Place(event.group(), event.source(), event.id());
	}

	AwaitedEvent event() {
		return this.event;
	}

	Place place() {
		return this.place;
	}

	/** What is told; null while the event is not stored yet. */
	@Nullable Reply reply() {
		return this.reply;
	}

	/** When it waits no longer, as {@link System#nanoTime()} has it. */
	long deadline() {
		return this.deadline;
	}

	void begin(Reply told, long until) {
		this.deadline = until;
		this.reply = told;
	}

	/**
	 * What events are called in a group. Several waiters may wait for one.
	 */
	record Place(String group, String source, String id) {

	}

	/**
	 * Hears of the end of the waiting, once.
	 */
	interface Reply {

		/**
		 * The waiting is over; must not wait for anything.
		 * @param outcome how the event has ended, null if it has not
		 * @param whole whether it waited as long as it was to
		 */
		void end(@Nullable Outcome outcome, boolean whole);

		/** Whether nobody waits for the answer any more, as far as it is known. */
		boolean isGone();

	}

}
