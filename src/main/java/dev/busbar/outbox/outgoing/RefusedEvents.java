package dev.busbar.outbox.outgoing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.Partitions;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import dev.busbar.outbox.redelivery.Original;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetter.Origin;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.letter.CauseText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes dead letters of events that the broker does not take.
 */
public final class RefusedEvents {

	private static final Logger logger = LoggerFactory.getLogger("dev.busbar.deadletter");

	private final DeadLetters letters;

	private final Inbox inbox;

	private final Redeliveries redeliveries;

	private final EventStreams streams;

	private final String application;

	private final String broker;

	private final Clock clock;

	/**
	 * Opens the store.
	 * @param letters keeps the letters
	 * @param inbox knows the events that go to their handler again
	 * @param redeliveries are these events
	 * @param streams tells where events were to go
	 * @param application the consumer group
	 * @param broker the binder's name
	 * @param clock tells when it was refused
	 */
	public RefusedEvents(DeadLetters letters, Inbox inbox, Redeliveries redeliveries, EventStreams streams,
			String application, String broker, Clock clock) {
		this.letters = letters;
		this.inbox = inbox;
		this.redeliveries = redeliveries;
		this.streams = streams;
		this.application = application;
		this.broker = broker;
		this.clock = clock;
	}

	/** Keeps an event for everyone; joins the running transaction. */
	void keep(OutgoingRow row, RuntimeException refusal) {
		DeadLetter letter = letter(UUID.randomUUID(), row.event(), copy(row.event(), null), refusal, 1,
				this.clock.instant());
		this.letters.add(letter);
		log(letter, refusal);
	}

	/**
	 * Ends redeliveries as a handler does that gives up: each is a dead letter, or the
	 * one again that is replayed, and what waits behind it follows. Those that have got
	 * on meanwhile, or that their handler has right now, stay as they are. Joins the
	 * running transaction.
	 * @param refusals why the broker does not take them
	 */
	void end(Map<OutgoingRow, RuntimeException> refusals) {
		// The inbox, then the gates, then the letters: as handlers and people do.
		Map<UUID, RuntimeException> dead = new LinkedHashMap<>();
		refusals.forEach((row, refusal) -> {
			UUID token = row.token();
			if (token != null && this.inbox.takeBack(this.application, row.event(), token)) {
				dead.put(token, refusal);
			}
		});
		// Both stand together, or neither: whoever changes one has the inbox row.
		Map<UUID, Redelivery> stored = this.redeliveries.find(dead.keySet());
		this.redeliveries.end(dead.keySet());
		List<byte[]> gates = new ArrayList<>();
		for (Redelivery redelivery : stored.values()) {
			byte[] gate = redelivery.gate();
			if (gate != null) {
				gates.add(gate);
			}
		}
		this.redeliveries.open(gates);
		stored.forEach((token, redelivery) -> keep(redelivery, Objects.requireNonNull(dead.get(token))));
	}

	private void keep(Redelivery redelivery, RuntimeException refusal) {
		Event<byte @Nullable []> event = redelivery.event();
		Instant first = redelivery.firstFailure();
		// A partition tells it from an event that was for everyone.
		int partition = Partitions.of(event, this.streams.ofType(event.type()).map(EventStream::partitions).orElse(1));
		UUID replayed = redelivery.letter();
		Original original = redelivery.original();
		DeadLetter letter = letter((replayed != null) ? replayed : UUID.randomUUID(), event,
				(original != null) ? in(original, partition) : copy(event, partition), refusal,
				redelivery.attempts() + ((replayed != null) ? 1 : 0), (first != null) ? first : this.clock.instant());
		if (replayed == null || !this.letters.failedAgain(replayed, letter)) {
			this.letters.add(letter);
		}
		log(letter, refusal);
	}

	// NullAway does not see the annotation of an array.
	@SuppressWarnings("NullAway")
	private DeadLetter letter(UUID id, Event<byte @Nullable []> event, Original message, RuntimeException refusal,
			int attempts, Instant firstFailure) {
		return new DeadLetter(id, this.application, null, event.source(), event.id(), event.type(), event.key(),
				message.headers(), message.payload(), refusal.getClass().getName(), CauseText.of(refusal), attempts,
				firstFailure, this.clock.instant(), message.origin());
	}

	/** The event as it was to be sent. */
	private Original copy(Event<byte @Nullable []> event, @Nullable Integer partition) {
		return new Original(headers(event), event.data(),
				new Origin(this.broker, this.streams.nameOf(event.type()), partition, null));
	}

	private static Original in(Original original, int partition) {
		Origin origin = original.origin();
		return (origin.partition() != null) ? original : new Original(original.headers(), original.payload(),
				new Origin(origin.broker(), origin.destination(), partition, origin.position()));
	}

	private static void log(DeadLetter letter, RuntimeException refusal) {
		logger.warn("dead letter={} type={} id={} source={} key={} attempts={}: the broker refused it: {}", letter.id(),
				letter.type(), letter.eventId(), letter.source(), letter.key(), letter.attempts(),
				refusal.getMessage());
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
