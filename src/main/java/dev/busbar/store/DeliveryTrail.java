package dev.busbar.store;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Tells to whom an event was sent as a webhook. A bean of this type is there where
 * webhooks are sent.
 */
public interface DeliveryTrail {

	/**
	 * The deliveries of an event.
	 * @param eventId the event's id
	 * @param source the event's source
	 * @param limit how many at most
	 * @return the oldest ones
	 */
	List<Entry> find(String eventId, String source, int limit);

	/**
	 * The sources of the events with an id that have deliveries.
	 * @param eventId the id
	 * @param limit how many at most
	 * @return each source once
	 */
	List<String> sources(String eventId, int limit);

	/**
	 * A delivery.
	 *
	 * @param id its id
	 * @param subscription the name of the subscription
	 * @param type the event's type
	 * @param state pending, delivered, dead or cancelled
	 * @param attempts how many attempts were made
	 * @param created when the event became part of the feed
	 * @param due when the next attempt is due, null if there is none
	 * @param ended when it ended, null if it has not
	 * @param status the last answer's status, null if none came
	 */
	record Entry(long id, String subscription, String type, String state, int attempts, Instant created,
			@Nullable Instant due, @Nullable Instant ended, @Nullable Integer status) {

	}

}
