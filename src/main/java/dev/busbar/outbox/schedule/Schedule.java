package dev.busbar.outbox.schedule;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The events that this application has stored and not yet published. Safe for use by
 * several threads.
 */
public interface Schedule {

	/**
	 * Events whose time has not come, in the order in which they were stored.
	 * @param type only this event type, null for all
	 * @param after only those with a higher number, 0 for all
	 * @param limit how many at most
	 * @return the events, without their data
	 */
	List<WaitingEvent> list(@Nullable String type, long after, int limit);

	/**
	 * Events with an id that wait, for their time or for the broker.
	 * @param id the id
	 * @param source their source, null for any
	 * @param limit how many at most
	 * @return the events, without their data
	 */
	List<WaitingEvent> find(String id, @Nullable String source, int limit);

	/**
	 * Takes an event off the schedule. Once its time has come, it is too late.
	 * @param id its id
	 * @param source its source
	 * @return whether it was there: it will not be published
	 * @throws org.springframework.dao.DataAccessException if the database is away, or a
	 * relay holds the event's slot for too long
	 */
	boolean cancel(String id, String source);

}
