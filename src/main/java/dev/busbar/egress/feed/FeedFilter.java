package dev.busbar.egress.feed;

import java.util.Set;

import dev.busbar.event.Event;

/**
 * Which events of the feed a reader gets: those that pass all of it.
 *
 * @param types the types that it wants
 * @param readable what it may read
 * @param keys the keys; none: any, and events without a key
 * @param sources the sources; none: any
 */
public record FeedFilter(TypePatterns types, FeedLimits readable, Set<String> keys, Set<String> sources) {

	/** Lets everything pass. */
	public static final FeedFilter ALL = new FeedFilter(TypePatterns.ALL, FeedLimits.NONE, Set.of(), Set.of());

	public FeedFilter {
		keys = Set.copyOf(keys);
		sources = Set.copyOf(sources);
	}

	/** Whether an event passes. */
	public boolean passes(Event<?> event) {
		return this.types.contain(event.type()) && this.readable.allow(event)
				&& (this.keys.isEmpty() || (event.key() != null && this.keys.contains(event.key())))
				&& (this.sources.isEmpty() || this.sources.contains(event.source()));
	}

}
