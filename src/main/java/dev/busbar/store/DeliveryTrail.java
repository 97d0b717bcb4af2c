package dev.busbar.store;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
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
	 * @param cause the id of the event that the event came of, null if it tells none
	 * @param tried its last 20 attempts, the newest first
	 */
	record Entry(long id, String subscription, String type, String state, int attempts, Instant created,
			@Nullable Instant due, @Nullable Instant ended, @Nullable Integer status,
			@JsonIgnore @Nullable String cause, List<Try> tried) {

	}

	/**
	 * An attempt to deliver, without what was answered.
	 *
	 * @param started when it began
	 * @param durationMillis how long it took
	 * @param status the status of the answer, null if none came
	 * @param failure why no answer came, null if one did
	 */
	record Try(Instant started, int durationMillis, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer status,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String failure) {

	}

}
