package dev.busbar.egress.feed;

import dev.busbar.event.Event;

/**
 * What a caller may read of the feed. Immutable.
 *
 * @param types the types
 * @param sources the sources, as patterns like those of types
 */
public record FeedLimits(TypePatterns types, TypePatterns sources) {

	/** Everything may be read. */
	public static final FeedLimits NONE = new FeedLimits(TypePatterns.ALL, TypePatterns.ALL);

	/** Whether an event may be read. */
	public boolean allow(Event<?> event) {
		return this.types.contain(event.type()) && this.sources.contain(event.source());
	}

}
