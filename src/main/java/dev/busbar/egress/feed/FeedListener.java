package dev.busbar.egress.feed;

import java.util.List;

/**
 * Is told of the events that become part of the feed.
 */
public interface FeedListener {

	/**
	 * Called inside the transaction that adds events to the feed, before it commits; what
	 * it throws rolls all of it back, and the broker delivers again.
	 * @param events new events in the order of the feed, each once
	 */
	void added(List<FeedEvent> events);

}
