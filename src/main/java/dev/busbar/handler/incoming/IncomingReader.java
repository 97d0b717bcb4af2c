package dev.busbar.handler.incoming;

import java.util.Map;
import java.util.UUID;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.inbound.MessageReader;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventTypes;
import dev.busbar.outbox.redelivery.RedeliveryMark;
import org.jspecify.annotations.Nullable;

/**
 * Understands the deliveries of one stream. Headers say what an event is, and nothing
 * more: they never choose a function, a class or a decoder.
 */
public final class IncomingReader {

	/** As long as an attribute may be: results inherit the key as one. */
	private static final int MAX_KEY = 8_192;

	private final String group;

	private final EventStream stream;

	private final MessageReader messages;

	private final EventTypes types;

	private final Map<String, HandlerFunction> handlers;

	/**
	 * Creates a reader.
	 * @param group the consumer group, whose redeliveries are read
	 * @param stream the stream whose deliveries are read
	 * @param messages reads events from messages
	 * @param types decodes events
	 * @param handlers the handlers of this application, by event type
	 */
	public IncomingReader(String group, EventStream stream, MessageReader messages, EventTypes types,
			Map<String, HandlerFunction> handlers) {
		this.group = group;
		this.stream = stream;
		this.messages = messages;
		this.types = types;
		this.handlers = handlers;
	}

	/**
	 * Understands a delivery; never throws. The attributes of a redelivery are taken off
	 * the event and off the headers: no handler and no dead letter shows them.
	 * @param received what the broker delivered
	 * @return an event to handle, or why there is none
	 */
	public Incoming read(Delivery received) {
		Delivery delivery = RedeliveryMark.without(received);
		Event<byte @Nullable []> marked;
		try {
			marked = this.messages.read(received);
		}
		catch (RuntimeException ex) {
			return Incoming.impossible(delivery, null, ex, null);
		}
		RedeliveryMark mark = RedeliveryMark.of(marked);
		Event<byte @Nullable []> raw = RedeliveryMark.without(marked);
		if (mark != null && !mark.group().equals(this.group)) {
			return Incoming.notOurs(delivery, raw);
		}
		UUID token = (mark != null) ? mark.token() : null;
		HandlerFunction handler = this.handlers.get(raw.type());
		if (handler == null) {
			return withoutHandler(delivery, raw, token);
		}
		try {
			Event<Object> event = this.types.decode(raw);
			String key = (raw.key() != null) ? raw.key() : this.types.keyOf(event.data());
			if (key != null && key.length() > MAX_KEY) {
				throw new EventFormatException("The event's key has " + key.length() + " characters, and at most "
						+ MAX_KEY + " are allowed.");
			}
			return Incoming.toHandle(delivery, raw.withKey(key), event.withKey(key), handler, token);
		}
		catch (RuntimeException ex) {
			return Incoming.impossible(delivery, raw, ex, token);
		}
	}

	/**
	 * On a stream that several types share, a type without a handler here is another
	 * application's. On a stream of one type nobody else's events travel.
	 */
	private Incoming withoutHandler(Delivery delivery, Event<byte @Nullable []> raw, @Nullable UUID token) {
		boolean shared = this.stream.types().size() > 1 || !this.stream.types().contains(this.stream.name());
		if (token == null && (shared || this.stream.types().contains(raw.type()))) {
			return Incoming.notOurs(delivery, raw);
		}
		return Incoming.impossible(delivery, raw, new EventFormatException(
				"An event of another type came on the stream '%s'; the stream carries %s. Publish the event on a stream of its own type."
					.formatted(this.stream.name(), this.stream.types())),
				token);
	}

}
