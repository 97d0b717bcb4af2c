package dev.busbar.outbox;

import java.time.Instant;
import java.util.List;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Takes events with encoded data that are to be published, for Busbar's own parts; an
 * application uses {@link EventPublisher}. Safe for use by several threads.
 */
public interface OutgoingEvents {

	/**
	 * Publishes events. When it returns, each is confirmed by the broker or committed in
	 * the database. To be called outside a transaction.
	 * @param events events of known types, in their order
	 * @param away what to do if the broker cannot be reached or does not confirm
	 * @throws OutboxFullException if they had to be stored, and too many events wait
	 * @throws BrokerUnavailableException if it cannot be reached and nothing is to be
	 * stored, or the database is away
	 * @throws EventRejectedException if the broker refuses an event
	 */
	void publish(List<Event<byte @Nullable []>> events, BrokerAway away);

	/**
	 * Stores events that the relay publishes once they are committed: with the running
	 * transaction of the application's database, or else in one of their own. Inside a
	 * transaction the number of waiting events has no limit, so that no business data is
	 * refused because a broker is away.
	 * @param events events of known types, in their order
	 * @param due when to publish them, null for at once
	 * @throws OutboxFullException outside a transaction: if too many events wait
	 * @throws BrokerUnavailableException outside a transaction: if the database is away
	 */
	void store(List<Event<byte @Nullable []>> events, @Nullable Instant due);

}
