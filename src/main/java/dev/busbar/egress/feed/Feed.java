package dev.busbar.egress.feed;

import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Every event of the application's streams in one order, the same on every instance that
 * shares the database, as long as it is kept. Numbers start at 1 and have no gaps, so
 * that who has read up to a number has missed none below it. All methods that read throw
 * a {@code DataAccessException} if the database fails. Safe for use by several threads.
 */
public interface Feed {

	/** The number of the latest event; 0 if there has been none. */
	long last();

	/**
	 * The number of the oldest event that is kept; one past {@link #last} if none is.
	 */
	long oldest();

	/**
	 * Where a reader starts who wants the events from a time on.
	 * @param time when an event became part of the feed, at the earliest
	 * @return the number of the last event before that time, as far as it is kept
	 */
	long before(Instant time);

	/**
	 * Reads on. Events that are not kept any more are passed over.
	 * @param after the number after which to read, 0 for the start
	 * @param limit how many events at most, from 1; less if they are large
	 * @return events in their order; at least one if there is one
	 */
	List<FeedEvent> read(long after, int limit);

	/**
	 * Reads on, only what passes a filter.
	 * @param after the number after which to read, 0 for the start
	 * @param filter what passes
	 * @param limit how many events at most, from 1; less if they are large, or far apart
	 * @return a page
	 * @throws FeedPositionException if events after that number are not kept any more
	 */
	FeedPage read(long after, FeedFilter filter, int limit);

	/**
	 * Tells of new events: at once of those that this process adds, within the poll
	 * interval of those of other instances. The first subscriber starts a thread, the
	 * last one ends it.
	 * @param subscriber called with the latest number that is known, by that one thread;
	 * must return soon
	 * @return ends the subscription
	 */
	Subscription onNews(LongConsumer subscriber);

	/**
	 * Somebody's wish to be told of new events.
	 */
	interface Subscription extends AutoCloseable {

		/** Ends it; calls in progress may still come to their end. */
		@Override
		void close();

	}

}
