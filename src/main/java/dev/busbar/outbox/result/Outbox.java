package dev.busbar.outbox.result;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * The results of handlers, committed with the handler's state and published afterwards.
 * Methods that write join the running transaction.
 */
public interface Outbox {

	/**
	 * Stores results that are still to be published.
	 * @param handling the number under which the inbox has admitted their causes in this
	 * transaction: by it they are found
	 * @param results the results with their causes, in the order in which they are to be
	 * published, all of one group
	 * @return what was stored, in the same order
	 * @throws IllegalArgumentException if they are of several groups; nothing is stored
	 */
	default List<OutboxEntry> add(long handling, List<Result> results) {
		return add(handling, results, Meanwhile.NOTHING);
	}

	/**
	 * Stores results that are still to be published, as {@link #add(long, List)}, and
	 * with them what else a handling ends with: in one statement where the database can.
	 * @param handling the number under which the inbox has admitted their causes in this
	 * transaction: by it they are found
	 * @param results the results with their causes, in the order in which they are to be
	 * published, all of one group
	 * @param meanwhile what else is to be written
	 * @return what was stored, in the same order
	 * @throws IllegalArgumentException if they are of several groups; nothing is stored
	 */
	List<OutboxEntry> add(long handling, List<Result> results, Meanwhile meanwhile);

	/**
	 * Stores results that the running transaction has published already.
	 * @param handling the number under which the inbox has admitted their causes in this
	 * transaction: by it they are found
	 * @param results the results with their causes, in the order in which they were
	 * published, all of one group
	 * @throws IllegalArgumentException if they are of several groups; nothing is stored
	 */
	default void addPublished(long handling, List<Result> results) {
		addPublished(handling, results, List.of());
	}

	/**
	 * Stores results that the running transaction has published already, as
	 * {@link #addPublished(long, List)}, and with them how long the handler took: in one
	 * statement where the database can.
	 * @param handling the number under which the inbox has admitted their causes in this
	 * transaction: by it they are found
	 * @param results the results with their causes, in the order in which they were
	 * published, all of one group
	 * @param micros how long the handler took for each event of the handling, in
	 * microseconds, as in {@link dev.busbar.store.inbox.Inbox#finish}; if empty, none is
	 * stored
	 * @throws IllegalArgumentException if they are of several groups; nothing is stored
	 */
	void addPublished(long handling, List<Result> results, List<Long> micros);

	/**
	 * Marks entries as published. All that one call has added cost little if they are
	 * marked together. To be called inside a transaction.
	 * @param entries the numbers of the entries
	 */
	void markPublished(Collection<Long> entries);

	/**
	 * The results of some events that are not marked as published, in their order; of
	 * events that the inbox remembers.
	 * @param group the group that handled the events
	 * @param causes the events
	 * @return the entries, from two queries
	 */
	List<OutboxEntry> unpublished(String group, Collection<? extends Event<?>> causes);

	/**
	 * Locks entries that stayed unmarked, for the length of the running transaction,
	 * which there must be, and passes over those that another instance has locked. H2 may
	 * lock more of them than the limit, so that a second claim at the same time may find
	 * none.
	 * @param group only results of this group: another application in the same database
	 * publishes its own
	 * @param before only entries that were stored before this time
	 * @param after only entries with higher numbers, negative for all
	 * @param limit how many at most
	 * @return the entries in their order
	 */
	List<OutboxEntry> claimUnpublished(String group, Instant before, long after, int limit);

	/**
	 * The results of one event, published or not, without their data, as long as the
	 * inbox remembers it.
	 * @param groups the groups that handled the event
	 * @param source its source
	 * @param id its id
	 * @param limit how many at most
	 * @return the first ones in their order
	 */
	List<OutboxEntry> resultsOf(Collection<String> groups, String source, String id, int limit);

	/**
	 * The results of one event, published or not, with their data, as long as the inbox
	 * remembers it.
	 * @param group the group that handled the event
	 * @param source its source
	 * @param id its id
	 * @param limit how many at most
	 * @return the first ones in their order
	 */
	List<OutboxEntry> wholeResultsOf(String group, String source, String id, int limit);

	/**
	 * What is written with results.
	 *
	 * @param published the numbers of entries that were published before, as in
	 * {@link #markPublished}
	 * @param micros how long the handler took for each event of the handling, as in
	 * {@link dev.busbar.store.inbox.Inbox#finish}
	 */
	record Meanwhile(List<Long> published, List<Long> micros) {

		/** Nothing else. */
		public static final Meanwhile NOTHING = new Meanwhile(List.of(), List.of());

	}

	/**
	 * A result that a handler returned.
	 *
	 * @param group the group that handled the cause
	 * @param cause the event that was handled
	 * @param event the result with its encoded data
	 */
	record Result(String group, Event<?> cause, Event<byte @Nullable []> event) {

	}

	/**
	 * A stored result.
	 *
	 * @param number the number of the entry, rising in the order of storing
	 * @param event the result with its encoded data
	 * @param published when it was marked as published, null if it is not
	 */
	record OutboxEntry(long number, Event<byte @Nullable []> event, @Nullable Instant published) {

	}

}
