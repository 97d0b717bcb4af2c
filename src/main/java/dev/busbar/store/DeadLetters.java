package dev.busbar.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What could not be handled, kept for all brokers in one store. Writing joins the running
 * transaction.
 */
public interface DeadLetters {

	/**
	 * Keeps a dead letter. One of the same group, source, id and payload that is there
	 * already stays as it is, but for its attempts, which are added, and its last failure
	 * with exception and cause. A message without source or id is always kept as a new
	 * one. What no database stores as text (NUL, half a surrogate pair) becomes U+FFFD. A
	 * letter that was on its way back, or handled after all, is open again; one that a
	 * person has discarded stays discarded. One whose data a person has changed stays as
	 * it is altogether: this is a late copy of what the person has judged.
	 * @param letter the dead letter, of whose headers those are kept that
	 * {@link dev.busbar.store.letter.LetterHeaders} lets through
	 * @return whether it is a new one
	 */
	boolean add(DeadLetter letter);

	/**
	 * Tells that the event of a dead letter was handled after a replay. Does nothing
	 * unless the letter is on its way back.
	 * @param letter the dead letter's own id
	 */
	void replayed(UUID letter);

	/**
	 * Opens a dead letter again, whose event has failed once more after a replay, with
	 * the data as it came or as a person has changed it.
	 * @param letter the dead letter's own id
	 * @param failure the last failure: its attempts are added; its exception, cause, time
	 * and origin replace those of the letter
	 * @return whether the letter is there; if not, {@link #add} keeps the failure
	 */
	boolean failedAgain(UUID letter, DeadLetter failure);

	/**
	 * The dead letters of all events with an id, however many and large: each other
	 * payload under one id is another letter.
	 */
	List<DeadLetter> find(String eventId);

	/**
	 * The dead letters of events with an id, without what may be large.
	 * @param eventId the id of the event
	 * @param source its source, null for any, empty for messages without
	 * @param limit how many at most
	 * @return the oldest ones
	 */
	List<Summary> summaries(String eventId, @Nullable String source, int limit);

	/**
	 * The sources of the dead letters of events with an id.
	 * @param eventId the id of the event
	 * @param limit how many at most
	 * @return each source once, empty for messages without
	 */
	List<String> sources(String eventId, int limit);

	/**
	 * The dead letters of results that the broker refused. Not of results that were
	 * published and that a handler failed at: these have a position at the broker.
	 * @param eventIds the ids of the results
	 * @param limit how many at most
	 * @return the oldest ones
	 */
	List<Summary> refused(Collection<String> eventIds, int limit);

	/** How many dead letters there are. */
	long count();

	/**
	 * Hears of new dead letters; each bean of this type is told.
	 */
	interface Listener {

		/**
		 * A dead letter is kept that was not there before.
		 * @param letter the letter, in the transaction that keeps it
		 */
		void added(DeadLetter letter);

	}

	/**
	 * What a dead letter tells without its headers, payload and cause.
	 *
	 * @param id the dead letter's own id
	 * @param group the consumer group
	 * @param handler the bean that failed, null if it never came to one
	 * @param source the event's source, null if the message did not decode
	 * @param eventId the event's id
	 * @param type the event's type, null if the message did not decode
	 * @param exception the class of the exception
	 * @param attempts how many attempts were made
	 * @param firstFailure when the first attempt failed
	 * @param lastFailure when the last attempt failed
	 * @param replayed whether it was sent again since
	 */
	record Summary(UUID id, String group, @Nullable String handler, @Nullable String source, String eventId,
			@Nullable String type, String exception, int attempts, Instant firstFailure, Instant lastFailure,
			boolean replayed) {

	}

}
