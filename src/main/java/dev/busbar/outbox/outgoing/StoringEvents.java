package dev.busbar.outbox.outgoing;

import java.time.Instant;
import java.util.List;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventBus;
import dev.busbar.event.Event;
import dev.busbar.outbox.BrokerAway;
import dev.busbar.outbox.OutgoingEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events on the bus, and stores what it does not take.
 */
public final class StoringEvents implements OutgoingEvents {

	private static final Logger logger = LoggerFactory.getLogger(StoringEvents.class);

	private final EventBus bus;

	private final StoredBacklog backlog;

	/**
	 * Creates the publisher.
	 * @param bus publishes
	 * @param backlog stores
	 */
	public StoringEvents(EventBus bus, StoredBacklog backlog) {
		this.bus = bus;
		this.backlog = backlog;
	}

	@Override
	public void publish(List<Event<byte @Nullable []>> events, BrokerAway away) {
		try {
			this.bus.publishAll(events);
		}
		catch (BrokerUnavailableException ex) {
			if (away == BrokerAway.REFUSE) {
				throw ex;
			}
			logger.debug("{} events are stored, since the broker is away", events.size(), ex);
			this.backlog.append(events);
		}
	}

	@Override
	public void store(List<Event<byte @Nullable []>> events, @Nullable Instant due) {
		this.backlog.append(events, due);
	}

}
