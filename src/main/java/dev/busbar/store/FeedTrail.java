package dev.busbar.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Tells of events that became part of the feed, whoever handles them. A bean of this type
 * is there where there is a feed.
 */
public interface FeedTrail {

	/**
	 * An event of the feed, as long as it is kept there.
	 * @param eventId the event's id
	 * @param source the event's source
	 */
	Optional<Entry> find(String eventId, String source);

	/**
	 * The sources of the events of the feed with an id.
	 * @param eventId the id
	 * @param limit how many at most
	 * @return each source once
	 */
	List<String> sources(String eventId, int limit);

	/**
	 * An event.
	 *
	 * @param type its type
	 * @param added when it became part of the feed
	 * @param cause the id of the event that it came of, null if it tells none
	 */
	record Entry(String type, Instant added, @Nullable String cause) {

	}

}
