package dev.busbar.outbox.outgoing;

import java.time.Clock;
import java.util.Map;
import java.util.UUID;

import dev.busbar.bus.EventStreams;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.letter.CauseText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes dead letters of events that the broker does not take.
 */
public final class RefusedEvents {

	private static final Logger logger = LoggerFactory.getLogger("dev.busbar.deadletter");

	private final DeadLetters letters;

	private final EventStreams streams;

	private final String application;

	private final String broker;

	private final Clock clock;

	/**
	 * Opens the store.
	 * @param letters keeps the letters
	 * @param streams tells where events were to go
	 * @param application the consumer group
	 * @param broker the binder's name
	 * @param clock tells when it was refused
	 */
	public RefusedEvents(DeadLetters letters, EventStreams streams, String application, String broker, Clock clock) {
		this.letters = letters;
		this.streams = streams;
		this.application = application;
		this.broker = broker;
		this.clock = clock;
	}

	/** Keeps an event; joins the running transaction. */
	void keep(OutgoingRow row, RuntimeException refusal) {
		Event<?> event = row.event();
		DeadLetter letter = new DeadLetter(UUID.randomUUID(), this.application, null, event.source(), event.id(),
				event.type(), event.key(), headers(event), row.event().data(), refusal.getClass().getName(),
				CauseText.of(refusal), 1, this.clock.instant(), this.clock.instant(),
				new DeadLetter.Origin(this.broker, this.streams.nameOf(event.type()), null, null));
		this.letters.add(letter);
		logger.warn("dead letter={} type={} id={} source={} key={}: the broker refused it: {}", letter.id(),
				event.type(), event.id(), event.source(), event.key(), refusal.getMessage());
	}

	private static Map<String, String> headers(Event<?> event) {
		try {
			return EventHeaders.write(event, EventHeaders.KAFKA_PREFIX);
		}
		catch (EventFormatException ex) {
			return Map.of();
		}
	}

}
