package dev.busbar.handler.incoming;

import java.util.Map;
import java.util.Optional;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.EventTypes;
import org.jspecify.annotations.Nullable;

/**
 * Understands the deliveries of one stream. Headers say what an event is, and nothing
 * more: they never choose a function, a class or a decoder.
 */
public final class IncomingReader {

	/** As long as an attribute may be: results inherit the key as one. */
	private static final int MAX_KEY = 8_192;

	private final EventStream stream;

	private final EventHeaders headers;

	private final EventTypes types;

	private final Map<String, HandlerFunction> handlers;

	private final ForeignEvents foreign;

	/**
	 * Creates a reader.
	 * @param stream the stream whose deliveries are read
	 * @param headers reads events from messages
	 * @param types decodes events
	 * @param handlers the handlers of this application, by event type
	 * @param foreign makes events of foreign messages
	 */
	public IncomingReader(EventStream stream, EventHeaders headers, EventTypes types,
			Map<String, HandlerFunction> handlers, ForeignEvents foreign) {
		this.stream = stream;
		this.headers = headers;
		this.types = types;
		this.handlers = handlers;
		this.foreign = foreign;
	}

	/**
	 * Understands a delivery; never throws.
	 * @param delivery what the broker delivered
	 * @return an event to handle, or why there is none
	 */
	public Incoming read(Delivery delivery) {
		Event<byte @Nullable []> raw;
		try {
			HeaderLimits.check(delivery.headers());
			Optional<Event<byte @Nullable []>> event = this.headers.read(delivery.headers(), delivery.payload());
			raw = event.isPresent() ? event.get() : this.foreign.adopt(delivery);
		}
		catch (RuntimeException ex) {
			return Incoming.impossible(delivery, null, ex);
		}
		HandlerFunction handler = this.handlers.get(raw.type());
		if (handler == null) {
			return withoutHandler(delivery, raw);
		}
		try {
			Event<Object> event = this.types.decode(raw);
			String key = (raw.key() != null) ? raw.key() : this.types.keyOf(event.data());
			if (key != null && key.length() > MAX_KEY) {
				throw new EventFormatException("The event's key has " + key.length() + " characters, and at most "
						+ MAX_KEY + " are allowed.");
			}
			return Incoming.toHandle(delivery, raw.withKey(key), event.withKey(key), handler);
		}
		catch (RuntimeException ex) {
			return Incoming.impossible(delivery, raw, ex);
		}
	}

	/**
	 * On a stream that several types share, a type without a handler here is another
	 * application's. On a stream of one type nobody else's events travel.
	 */
	private Incoming withoutHandler(Delivery delivery, Event<byte @Nullable []> raw) {
		boolean shared = this.stream.types().size() > 1 || !this.stream.types().contains(this.stream.name());
		if (shared || this.stream.types().contains(raw.type())) {
			return Incoming.notOurs(delivery, raw);
		}
		return Incoming.impossible(delivery, raw, new EventFormatException(
				"An event of another type came on the stream '%s'; the stream carries %s. Publish the event on a stream of its own type."
					.formatted(this.stream.name(), this.stream.types())));
	}

}
