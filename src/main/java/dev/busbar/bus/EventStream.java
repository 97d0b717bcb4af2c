package dev.busbar.bus;

import java.util.Set;

/**
 * A stream: one destination of the broker, on which one or several event types travel.
 *
 * @param name the name, and by default the broker's destination, such as
 * {@code order.placed}
 * @param bindingPrefix the stem of its binding names, such as {@code orderPlaced}
 * @param types the names of the event types that travel on it
 * @param partitions in how many partitions it is divided, from 1
 * @param handled whether this application handles a type of it
 * @param fed whether this application reads it for the feed
 */
public record EventStream(String name, String bindingPrefix, Set<String> types, int partitions, boolean handled,
		boolean fed) {

	public EventStream {
		types = Set.copyOf(types);
	}

	/** A stream that the feed does not read. */
	public EventStream(String name, String bindingPrefix, Set<String> types, int partitions, boolean handled) {
		this(name, bindingPrefix, types, partitions, handled, false);
	}

	/** The name of the binding that receives, such as {@code orderPlaced-in-0}. */
	public String input() {
		return this.bindingPrefix + "-in-0";
	}

	/**
	 * The name of the binding that receives for the feed, such as
	 * {@code orderPlacedFeed-in-0}; there is none if the stream is not {@link #fed}.
	 */
	public String feed() {
		return this.bindingPrefix + "Feed-in-0";
	}

	/** The name of the binding that sends, such as {@code orderPlaced-out-0}. */
	public String output() {
		return this.bindingPrefix + "-out-0";
	}

}
