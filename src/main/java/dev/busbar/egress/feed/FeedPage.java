package dev.busbar.egress.feed;

import java.util.List;

/**
 * Some events of the feed that pass a filter.
 *
 * @param events the events in their order, possibly none
 * @param reached up to which number nothing else passes: where to read on
 */
public record FeedPage(List<FeedEvent> events, long reached) {

	public FeedPage {
		events = List.copyOf(events);
	}

}
