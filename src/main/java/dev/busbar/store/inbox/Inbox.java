package dev.busbar.store.inbox;

import java.util.Collections;
import java.util.List;
import java.util.UUID;

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
	 * it commits, the second finds the event HANDLED, or gets a
	 * {@link org.springframework.dao.DuplicateKeyException}: its transaction is lost
	 * then, to be rolled back and taken again, and finds the event HANDLED. The second
	 * may wait for a transaction that ends a redelivery of the event, too. An event that
	 * stands twice in the list is FIRST once and HANDLED after.
	 * <p>
	 * An event that is DELAYED or REPLAYING is FIRST only for the delivery that brings
	 * its token, and is then HANDLED like any other; for all other deliveries it is
	 * WAITING. A token that belongs to no row is WAITING too: a forged one admits
	 * nothing.
	 * @param group the consumer group
	 * @param events events with their encoded data
	 * @param tokens the token of each delivery, null for one that is no redelivery
	 * @param attempt how many attempts this makes for each of them since it was
	 * delivered, from 1; those that were made before are kept and added to
	 * @return the number of this handling (0 if no event is FIRST), and a verdict per
	 * event in their order
	 * @throws org.springframework.dao.DuplicateKeyException if another transaction has
	 * handled one of the events meanwhile
	 * @throws org.springframework.dao.ConcurrencyFailureException if the database gave up
	 * waiting for it (H2 after its {@code LOCK_TIMEOUT}); the remedy is the same
	 */
	Admission admit(String group, List<? extends Event<byte @Nullable []>> events, List<@Nullable UUID> tokens,
			int attempt);

	/**
	 * Admits events of which none is a redelivery.
	 * @param group the consumer group
	 * @param events events with their encoded data
	 * @param attempt how many attempts this makes for each of them, from 1
	 * @return as the other method
	 */
	default Admission admit(String group, List<? extends Event<byte @Nullable []>> events, int attempt) {
		return admit(group, events, Collections.nCopies(events.size(), null), attempt);
	}

	/**
	 * Puts events into state DELAYED that this transaction has admitted as FIRST. They
	 * are admitted again only with their tokens.
	 * @param group the consumer group
	 * @param handling the number of the admission
	 * @param events what is delayed
	 */
	void delay(String group, long handling, List<Delayed> events);

	/**
	 * Puts events back into state REPLAYING that this transaction has admitted as FIRST.
	 * They are admitted again only with their tokens, and this admission was no attempt.
	 * @param group the consumer group
	 * @param handling the number of the admission
	 * @param events what goes on being replayed, each with the number of attempts that
	 * this admission has counted
	 */
	void replayLater(String group, long handling, List<Delayed> events);

	/**
	 * Puts an event into state REPLAYING, if it is DEAD or has no row; it is admitted
	 * again with the token. From then on the given data is what counts under its source
	 * and id.
	 * @param group the consumer group
	 * @param event the event, with the data that is replayed
	 * @param token the token of the replay
	 * @return whether it is; false if the event is HANDLED, DELAYED or REPLAYING, which
	 * stays so
	 */
	boolean replay(String group, Event<byte @Nullable []> event, UUID token);

	/**
	 * Takes an event back that is DELAYED or REPLAYING: it is DEAD then, and its token
	 * admits nothing any more.
	 * @param group the consumer group
	 * @param source the event's source
	 * @param id the event's id
	 * @return the token, null if the event is not on its way
	 * @throws org.springframework.dao.ConcurrencyFailureException if it is being handled
	 * right now
	 */
	@Nullable UUID takeBack(String group, String source, String id);

	/**
	 * Takes an event back whose token cannot be brought: it is DEAD then, with the
	 * attempts that were counted, and the token admits nothing any more. Nobody waits for
	 * a handler that has the event right now.
	 * @param group the consumer group
	 * @param event the event
	 * @param token the token with which it was to be admitted
	 * @return whether it is to be a dead letter; false if it does not wait under this
	 * token, or is being handled right now, which stays so
	 */
	boolean takeBack(String group, Event<byte @Nullable []> event, UUID token);

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
	 * @param token the token of the delivery, null if it is no redelivery
	 * @param attempts how many attempts were made in all, or, if it is REPLAYING, since
	 * its replay: those are added
	 * @return whether it is to be a dead letter; false if this very event is HANDLED, or
	 * waits under another token, which stays so
	 */
	boolean bury(String group, Event<byte @Nullable []> event, @Nullable UUID token, int attempts);

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
	 * Hears of what becomes of events in this process; each bean of this type is told.
	 */
	interface Listener {

		/**
		 * Whether it wants to hear of anything now: asked for every batch, so that it
		 * must cost nothing.
		 */
		boolean isListening();

		/**
		 * Something has become of events: they were handled, or delayed, or are dead
		 * letters. Called after the commit by the thread that handles, so that it must
		 * neither wait nor throw.
		 * @param group the consumer group
		 * @param events the events
		 */
		void reached(String group, List<? extends Event<?>> events);

	}

	/**
	 * An event that is delayed.
	 *
	 * @param event the event
	 * @param attempts how many attempts were made in all
	 * @param token what the redelivery brings
	 */
	record Delayed(Event<byte @Nullable []> event, int attempts, UUID token) {

	}

	/**
	 * What {@code admit} found.
	 *
	 * @param handling the number under which durations are kept and results are found; a
	 * row in state HANDLED keeps it
	 * @param verdicts one per event, in their order
	 * @param quiet whether it is certain that no event waits at a gate before one of
	 * these, of which then each is FIRST; if false, it is not known
	 */
	record Admission(long handling, List<Verdict> verdicts, boolean quiet) {

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

		/** It waits for another delivery, which brings its token: do nothing. */
		WAITING,

		/** Another event with other data was handled under the same source and id. */
		CONFLICT

	}

}
