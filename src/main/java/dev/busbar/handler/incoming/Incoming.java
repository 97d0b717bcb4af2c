package dev.busbar.handler.incoming;

import java.util.Arrays;
import java.util.UUID;

import dev.busbar.bus.Delivery;
import dev.busbar.event.Event;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as it was understood.
 *
 * @param delivery what the broker delivered
 * @param raw the event with its encoded data, null if the message was none
 * @param event the event with its decoded data, null unless it can be handled here
 * @param handler who handles it, null unless it can be handled here
 * @param problem why it can never be handled, null if it can, or need not
 * @param token the token that it brings, null if it is no redelivery
 * @param redelivery what is stored under the token, null if nothing is
 */
public record Incoming(Delivery delivery, @Nullable Event<byte @Nullable []> raw, @Nullable Event<Object> event,
		@Nullable HandlerFunction handler, @Nullable RuntimeException problem, @Nullable UUID token,
		@Nullable Redelivery redelivery) {

	static Incoming toHandle(Delivery delivery, Event<byte @Nullable []> raw, Event<Object> event,
			HandlerFunction handler, @Nullable UUID token) {
		return new Incoming(delivery, raw, event, handler, null, token, null);
	}

	/** An event that is another application's, or another group's, to handle. */
	static Incoming notOurs(Delivery delivery, Event<byte @Nullable []> raw) {
		return new Incoming(delivery, raw, null, null, null, null, null);
	}

	static Incoming impossible(Delivery delivery, @Nullable Event<byte @Nullable []> raw, RuntimeException problem,
			@Nullable UUID token) {
		return new Incoming(delivery, raw, null, null, problem, token, null);
	}

	/**
	 * The same delivery with what is stored about it: not if that is another event, or
	 * has other data, since whoever reads the stream sees tokens.
	 * @param stored what is stored under its token, null if nothing is
	 * @return a delivery that was understood
	 */
	public Incoming withRedelivery(@Nullable Redelivery stored) {
		Redelivery own = (stored != null && this.raw != null && isSame(stored.event(), this.raw)) ? stored : null;
		return new Incoming(this.delivery, this.raw, this.event, this.handler, this.problem, this.token, own);
	}

	private static boolean isSame(Event<byte @Nullable []> one, Event<byte @Nullable []> other) {
		return one.id().equals(other.id()) && one.source().equals(other.source()) && Arrays
			.equals(EventKeys.digest(one.type(), one.data()), EventKeys.digest(other.type(), other.data()));
	}

	/** Whether there is an event that can be handled here. */
	public boolean handleable() {
		return this.event != null;
	}

	/** The event; only for one that can be handled. */
	public Event<Object> requiredEvent() {
		if (this.event == null) {
			throw new IllegalStateException("no event to handle");
		}
		return this.event;
	}

	/** The event with its encoded data; only for one that can be handled. */
	public Event<byte @Nullable []> requiredRaw() {
		if (this.raw == null) {
			throw new IllegalStateException("no event to handle");
		}
		return this.raw;
	}

	/** The handler; only for an event that can be handled. */
	public HandlerFunction requiredHandler() {
		if (this.handler == null) {
			throw new IllegalStateException("no event to handle");
		}
		return this.handler;
	}

}
