package dev.busbar.bus.inbound;

import dev.busbar.bus.EventStream;

/**
 * Gives the reader of each stream, so that all groups of the application read a message
 * in the same way.
 */
@FunctionalInterface
public interface MessageReaders {

	/**
	 * The reader of a stream.
	 * @param stream a stream of the application
	 * @return its reader
	 */
	MessageReader of(EventStream stream);

}
