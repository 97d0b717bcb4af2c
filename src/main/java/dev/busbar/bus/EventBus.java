package dev.busbar.bus;

import java.util.List;
import java.util.function.BiConsumer;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events: a method that returns normally has had every event confirmed by the
 * broker, or stored behind others of its key that wait for it (see {@link Backlog}). Safe
 * for use by any number of threads, whose events are sent and confirmed together. Events
 * of one stream and key that one thread publishes keep their order.
 */
public interface EventBus {

	/**
	 * Publishes one event.
	 * @param event an event of a known type, with its encoded data
	 * @throws BrokerUnavailableException if the broker cannot be reached; the event may
	 * or may not be stored, and may be published again under the same id
	 * @throws EventRejectedException if the broker refused the event, or no queue takes
	 * it although a group must receive it
	 * @throws IllegalArgumentException if the type is not known
	 */
	default void publish(Event<byte @Nullable []> event) {
		publishAll(List.of(event));
	}

	/**
	 * Publishes events in their order, as {@link #publish}. If it throws, each event may
	 * or may not be stored, and all may be published again under the same ids.
	 * @param events events of known types, possibly of several streams
	 */
	void publishAll(List<Event<byte @Nullable []>> events);

	/**
	 * Publishes events with the running transaction, where the broker shares its
	 * database: they are stored if it commits, and when it does.
	 * @param events events of known types, possibly of several streams
	 * @return whether this broker can; if not, nothing was published
	 * @throws EventRejectedException if the broker refuses an event
	 */
	default boolean publishInTransaction(List<Event<byte @Nullable []>> events) {
		return publishInTransaction(events, (event, refusal) -> {
			throw refusal;
		});
	}

	/**
	 * Publishes events with the running transaction, as
	 * {@link #publishInTransaction(List)}, and goes on past those that the broker
	 * refuses.
	 * @param events events of known types, possibly of several streams
	 * @param refused takes each event that the broker refuses, and why
	 * @return whether this broker can; if not, nothing was published
	 */
	default boolean publishInTransaction(List<Event<byte @Nullable []>> events,
			BiConsumer<Event<byte @Nullable []>, EventRejectedException> refused) {
		return false;
	}

	/**
	 * Publishes events that have waited in the {@link Backlog}, without asking whether
	 * others wait: with the running transaction where the broker shares its database, and
	 * otherwise confirmed.
	 * @param events events of known types, in their order
	 * @throws BrokerUnavailableException as {@link #publishAll} does
	 * @throws EventRejectedException if the broker refuses an event
	 */
	default void publishWaiting(List<Event<byte @Nullable []>> events) {
		if (!publishInTransaction(events)) {
			publishAll(events);
		}
	}

}
