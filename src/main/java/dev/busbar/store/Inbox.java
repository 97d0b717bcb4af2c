package dev.busbar.store;

import java.util.List;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which group has handled which event, by group, source and id, with a digest
 * of the data: what makes a redelivered event take effect once. All methods that write
 * join the running transaction.
 */
public interface Inbox {

	/**
	 * Admits events to handling: inserts a row in state HANDLED for each that comes for
	 * the first time. Since the rows stand before the handler runs, a second consumer of
	 * the same event waits for this transaction. If it rolls back, the second goes on; if
	 * it commits, the second gets a
	 * {@link org.springframework.dao.DuplicateKeyException}: its transaction is lost, to
	 * be rolled back and taken again, and then finds the event HANDLED. An event that
	 * stands twice in the list is FIRST once and HANDLED after.
	 * @param group the consumer group
	 * @param events events with their encoded data
	 * @param attempt which attempt this is for all of them, from 1
	 * @return the number of this handling (0 if no event is FIRST), and a verdict per
	 * event in their order
	 * @throws org.springframework.dao.DuplicateKeyException if another transaction has
	 * handled one of the events meanwhile
	 * @throws org.springframework.dao.ConcurrencyFailureException if the database gave up
	 * waiting for it (H2 after its {@code LOCK_TIMEOUT}); the remedy is the same
	 */
	Admission admit(String group, List<? extends Event<byte @Nullable []>> events, int attempt);

	/**
	 * Keeps how long the handler took for each event that was admitted as FIRST.
	 * @param handling the number of the handling
	 * @param micros the durations in microseconds, in the order in which the events were
	 * admitted as FIRST
	 */
	void finish(long handling, long[] micros);

	/**
	 * Puts an event into state DEAD, whether or not it has a row. A row of another event
	 * under the same source and id (see {@link Verdict#CONFLICT}) stays as it is.
	 * @param group the consumer group
	 * @param event the event
	 * @param attempts how many attempts were made
	 * @return whether it is to be a dead letter; false if this very event is HANDLED,
	 * which stays so
	 */
	boolean bury(String group, Event<byte @Nullable []> event, int attempts);

	/**
	 * The rows of events with an id, for any group.
	 * @param id the id of the event
	 * @param source its source, null for any
	 * @param limit how many at most
	 * @return the oldest rows, none if no group has handled such an event or its row was
	 * purged
	 */
	List<InboxEntry> find(String id, @Nullable String source, int limit);

	/**
	 * The sources of the events with an id.
	 * @param id the id of the event
	 * @param limit how many at most
	 * @return each source once
	 */
	List<String> sources(String id, int limit);

	/**
	 * What {@link #admit} found.
	 *
	 * @param handling the number under which durations are kept
	 * @param verdicts one per event, in their order
	 */
	record Admission(long handling, List<Verdict> verdicts) {

		public Admission {
			verdicts = List.copyOf(verdicts);
		}

	}

	/**
	 * What is to be done with an event.
	 */
	enum Verdict {

		/** It comes for the first time: run the handler. */
		FIRST,

		/** It was handled: publish those of its results that are not yet published. */
		HANDLED,

		/** It is a dead letter: do nothing. */
		DEAD,

		/** Another event with other data was handled under the same source and id. */
		CONFLICT

	}

}
