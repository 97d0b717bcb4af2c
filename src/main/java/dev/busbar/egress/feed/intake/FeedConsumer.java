package dev.busbar.egress.feed.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.bus.AcknowledgmentException;
import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.InPlaceRetry;
import dev.busbar.bus.inbound.MessageReader;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.Event;
import dev.busbar.event.EventTypes;
import dev.busbar.event.format.LogText;
import dev.busbar.outbox.redelivery.RedeliveryMark;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;

/**
 * Takes the events of one stream into the feed. What is no event is passed over: if it
 * has a handler, a dead letter is made of it there. A failure is tried again in place, as
 * often as it takes: no event may be left out. It throws only when it is stopped or
 * another consumer has taken over: then the broker delivers again.
 */
final class FeedConsumer implements MessageHandler {

	/** As much of an exception's message as one line of the log shows. */
	private static final int LOGGED = 300;

	private static final Duration SHORTEST = Duration.ofMillis(200);

	private static final Duration LONGEST = Duration.ofSeconds(5);

	/** As long as an attribute may be. */
	private static final int MAX_KEY = 8_192;

	private static final Logger logger = LoggerFactory.getLogger(FeedConsumer.class);

	private final EventStream stream;

	private final MessageReader reader;

	private final EventTypes types;

	private final FeedWriter writer;

	private final Patience patience;

	private final InPlaceRetry retry;

	FeedConsumer(EventStream stream, MessageReader reader, EventTypes types, FeedWriter writer, DatabaseProbe database,
			Patience patience) {
		this.stream = stream;
		this.reader = reader;
		this.types = types;
		this.writer = writer;
		this.patience = patience;
		this.retry = new InPlaceRetry(database, patience, FeedConsumer::backoff, (failure) -> false);
	}

	@Override
	public void handleMessage(Message<?> message) {
		List<Delivery> deliveries = Delivery.unpack(message);
		List<Event<byte @Nullable []>> events = new ArrayList<>(deliveries.size());
		for (Delivery delivery : deliveries) {
			Event<byte @Nullable []> event = read(delivery);
			if (event != null) {
				events.add(event);
			}
		}
		Delivery last = deliveries.get(deliveries.size() - 1);
		for (int failures = 1; !add(events, last, failures); failures++) {
			this.patience.pause(backoff(failures));
		}
	}

	private boolean add(List<Event<byte @Nullable []>> events, Delivery last, int failures) {
		try {
			this.retry.commit(() -> {
				this.writer.add(events, last);
				return true;
			});
			if (failures > 1) {
				logger.info("The feed takes events of the stream '{}' again", this.stream.name());
			}
			return true;
		}
		catch (AcknowledgmentException | HandlingStoppedException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			if (failures == 1) {
				logger.warn("The feed cannot take {} events of the stream '{}', and tries again until it can: {}: {}",
						events.size(), this.stream.name(), ex.getClass().getName(),
						LogText.of(ex.getMessage(), LOGGED));
			}
			logger.debug("Failure {} of the stream '{}'", failures, this.stream.name(), ex);
			return false;
		}
	}

	/** The event in a delivery, null if there is none that belongs to the feed. */
	private @Nullable Event<byte @Nullable []> read(Delivery delivery) {
		try {
			Event<byte @Nullable []> event = this.reader.read(delivery);
			if (RedeliveryMark.of(event) != null) {
				return null;
			}
			Event<byte @Nullable []> plain = RedeliveryMark.without(event);
			return (plain.key() != null) ? plain : plain.withKey(keyIn(plain));
		}
		catch (RuntimeException ex) {
			logger.debug("Not in the feed: a message of the stream '{}' is no event", this.stream.name(), ex);
			return null;
		}
	}

	/** The key that the handler's side sees, too. */
	private @Nullable String keyIn(Event<byte @Nullable []> event) {
		if (this.types.byName(event.type()).isEmpty()) {
			return null;
		}
		try {
			String key = this.types.keyOf(this.types.decode(event).data());
			return (key != null && key.length() <= MAX_KEY) ? key : null;
		}
		catch (RuntimeException ex) {
			logger.debug("An event of the stream '{}' has no key, since its data does not fit", this.stream.name(), ex);
			return null;
		}
	}

	private static Duration backoff(int failures) {
		Duration pause = SHORTEST.multipliedBy(1L << Math.min(failures - 1, 8));
		return (pause.compareTo(LONGEST) > 0) ? LONGEST : pause;
	}

}
