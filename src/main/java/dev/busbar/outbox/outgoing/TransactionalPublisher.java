package dev.busbar.outbox.outgoing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventBus;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventTypes;
import dev.busbar.event.format.Uris;
import dev.busbar.outbox.BrokerAway;
import dev.busbar.outbox.EventPublisher;
import org.jspecify.annotations.Nullable;

/**
 * Publishes with the running transaction, or else through the bus.
 */
public final class TransactionalPublisher implements EventPublisher {

	private static final String RESERVED = "busbar";

	private final EventTypes types;

	private final EventBus bus;

	private final StoredBacklog backlog;

	private final StoringEvents events;

	private final String source;

	private final Clock clock;

	/**
	 * Creates the publisher.
	 * @param types encodes data
	 * @param bus takes part in transactions, where its broker can
	 * @param backlog stores events
	 * @param application the consumer group, which is the source of events without an
	 * envelope
	 * @param clock tells their time
	 */
	public TransactionalPublisher(EventTypes types, EventBus bus, StoredBacklog backlog, String application,
			Clock clock) {
		this.types = types;
		this.bus = bus;
		this.backlog = backlog;
		this.events = new StoringEvents(bus, backlog);
		this.source = Uris.path(application);
		this.clock = clock;
	}

	@Override
	public String publish(Object event) {
		return publish(List.of(event)).get(0);
	}

	@Override
	public List<String> publish(Collection<?> published) {
		List<Event<byte @Nullable []>> encoded = new ArrayList<>(published.size());
		published.forEach((event) -> encoded.add(encode(event)));
		if (!encoded.isEmpty()) {
			if (this.backlog.inTransaction()) {
				publishInTransaction(encoded);
			}
			else {
				this.events.publish(encoded, BrokerAway.STORE);
			}
		}
		return encoded.stream().map(Event::id).toList();
	}

	private void publishInTransaction(List<Event<byte @Nullable []>> encoded) {
		try {
			if (this.bus.publishInTransaction(encoded)) {
				return;
			}
		}
		catch (BrokerUnavailableException ex) {
			// Not bound yet: the relay waits until it is.
		}
		this.backlog.append(encoded);
	}

	@Override
	public String publishAt(Instant time, Object event) {
		Event<byte @Nullable []> encoded = encode(event);
		this.backlog.append(List.of(encoded), time.isAfter(this.clock.instant()) ? time : null);
		return encoded.id();
	}

	private Event<byte @Nullable []> encode(Object event) {
		if (!(event instanceof Event<?> envelope)) {
			return this.types.event(event, UUID.randomUUID().toString(), this.source, this.clock.instant());
		}
		envelope.extensions().keySet().stream().filter((name) -> name.startsWith(RESERVED)).forEach((name) -> {
			throw new IllegalArgumentException("The extension '" + name
					+ "' is Busbar's own: take it off the event. For a later time use publishAt.");
		});
		Event<byte @Nullable []> encoded = (envelope.data() instanceof byte[] bytes) ? raw(envelope, bytes)
				: typed(envelope);
		// Refuses now what no broker could carry.
		CloudEvents.attributes(encoded);
		return encoded;
	}

	private Event<byte @Nullable []> raw(Event<?> envelope, byte[] bytes) {
		Event<byte @Nullable []> event = envelope.withData(bytes);
		Object data = this.types.decode(event).data();
		return (event.key() != null) ? event : event.withKey(this.types.keyOf(data));
	}

	private Event<byte @Nullable []> typed(Event<?> envelope) {
		Object data = envelope.data();
		if (data == null) {
			throw new IllegalArgumentException("The event '" + envelope.id() + "' has no data");
		}
		byte[] bytes = this.types.encode(data);
		String declared = this.types.byClass(data.getClass()).map(EventDefinition::name).orElseThrow();
		if (!declared.equals(envelope.type())) {
			throw new IllegalArgumentException("The envelope says '" + envelope.type() + "', and its data is a "
					+ data.getClass().getName() + ", which is the event type '" + declared + "'");
		}
		return envelope.withKey((envelope.key() != null) ? envelope.key() : this.types.keyOf(data)).withData(bytes);
	}

}
