package dev.busbar.bus.inbound;

import dev.busbar.bus.Delivery;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events in what is delivered on one stream. Headers say what an event is, and
 * nothing more.
 */
public final class MessageReader {

	private final EventHeaders headers;

	private final ForeignEvents foreign;

	/**
	 * Creates a reader.
	 * @param headers reads events from messages
	 * @param foreign makes events of messages without CloudEvents attributes
	 */
	public MessageReader(EventHeaders headers, ForeignEvents foreign) {
		this.headers = headers;
		this.foreign = foreign;
	}

	/**
	 * Reads the event in a message.
	 * @param delivery what the broker delivered
	 * @return the event, with its data as it came
	 * @throws RuntimeException if there is none: an
	 * {@link dev.busbar.event.EventFormatException}, as a rule
	 */
	public Event<byte @Nullable []> read(Delivery delivery) {
		HeaderLimits.check(delivery.headers());
		return this.headers.read(delivery.headers(), delivery.payload()).orElseGet(() -> this.foreign.adopt(delivery));
	}

}
