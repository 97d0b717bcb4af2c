package dev.busbar.outbox;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Publishes events from anywhere in an application: a bean to be injected.
 * <p>
 * Inside a transaction of the application's database, events are stored with the business
 * data: they are published after the commit, in the order of their calls, and not at all
 * if it is rolled back. Outside a transaction, an event is confirmed by the broker when
 * the method returns, or, while the broker is away, stored in the database.
 * <p>
 * Events of one key keep the order of the calls, within a transaction and between one
 * that has committed and one that comes after it. Those of transactions that run at the
 * same time have no order among them. Each event may be published more than once, after a
 * crash, under the same id; handlers take no notice of the second.
 * <p>
 * An event is an object whose class carries {@link dev.busbar.event.EventType} and is
 * known: a function bean uses it, or it stands in one of the application's packages. Or
 * it is an {@link dev.busbar.event.Event} around such an object, whose id, source, time
 * and other attributes then stay as they are; for a type without a class, around its JSON
 * as {@code byte[]}. Safe for use by several threads.
 */
public interface EventPublisher {

	/**
	 * Publishes one event.
	 * @param event the event
	 * @return its id
	 * @throws IllegalArgumentException if its type is not known, or it cannot be encoded
	 * @throws dev.busbar.bus.EventRejectedException if the broker refuses it; inside a
	 * transaction a refused event becomes a dead letter instead
	 * @throws dev.busbar.bus.BrokerUnavailableException outside a transaction: if the
	 * broker is away and the event cannot be stored either; if that is because too many
	 * wait, an {@link OutboxFullException}
	 */
	String publish(Object event);

	/**
	 * Publishes several events in their order, as {@link #publish(Object)}.
	 * @param events the events
	 * @return their ids
	 */
	List<String> publish(Collection<?> events);

	/**
	 * Publishes one event at a later time, on every broker alike. Until then it waits in
	 * the database. It comes after that time, by about a second at most while the broker
	 * is there; it has no place in the order of its key.
	 * @param time when, at most the end of the year 9999; a time that has passed means at
	 * once
	 * @param event the event
	 * @return its id
	 * @throws IllegalArgumentException if the time is later than that, or as
	 * {@link #publish(Object)} does
	 */
	String publishAt(Instant time, Object event);

}
