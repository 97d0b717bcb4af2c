package dev.busbar.handler.result;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStreams;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.format.LogText;
import dev.busbar.handler.incoming.HandlerFailedException;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.outbox.redelivery.Original;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetter.Origin;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.letter.CauseText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what cannot be handled, with all that a person needs to know of it.
 */
public final class DeadLetterOffice {

	private static final Logger logger = LoggerFactory.getLogger("dev.busbar.deadletter");

	private final DeadLetters letters;

	private final EventStreams streams;

	private final String group;

	private final String broker;

	private final Clock clock;

	/**
	 * Opens the office.
	 * @param letters keeps the letters
	 * @param streams tells where events were to go
	 * @param group the consumer group
	 * @param broker the binder's name
	 * @param clock tells the time of failures
	 */
	public DeadLetterOffice(DeadLetters letters, EventStreams streams, String group, String broker, Clock clock) {
		this.letters = letters;
		this.streams = streams;
		this.group = group;
		this.broker = broker;
		this.clock = clock;
	}

	/**
	 * Keeps a delivery, of a redelivery the message that came first; joins the running
	 * transaction.
	 * @param destination the broker's destination
	 * @param incoming the delivery
	 * @param failure why it cannot be handled
	 * @param attempts how many attempts were made
	 * @param firstFailure when the first one failed
	 */
	public void keep(String destination, Incoming incoming, Throwable failure, int attempts, Instant firstFailure) {
		keep(null, destination, incoming, failure, attempts, firstFailure);
	}

	/**
	 * Opens a dead letter again whose event has failed after a replay; joins the running
	 * transaction.
	 * @param letter the dead letter
	 * @param destination the broker's destination
	 * @param incoming the delivery
	 * @param failure why it cannot be handled
	 * @param attempts how many attempts were made since the replay
	 * @param firstFailure when the first one of these failed
	 */
	public void keepAgain(UUID letter, String destination, Incoming incoming, Throwable failure, int attempts,
			Instant firstFailure) {
		keep(letter, destination, incoming, failure, attempts, firstFailure);
	}

	/**
	 * Closes a dead letter whose event was handled after a replay; joins the running
	 * transaction.
	 * @param letter the dead letter
	 */
	public void replayed(UUID letter) {
		this.letters.replayed(letter);
		logger.debug("replayed letter={}", letter);
	}

	private void keep(@Nullable UUID replayed, String destination, Incoming incoming, Throwable failure, int attempts,
			Instant firstFailure) {
		Original known = original(destination, incoming);
		Original original = (known != null) ? known : inHand(destination, incoming.delivery());
		HandlerFunction handler = incoming.handler();
		keep(replayed, incoming.raw(), (handler != null) ? handler.name() : null, original.headers(),
				original.payload(), failure, attempts, firstFailure, original.origin());
	}

	/**
	 * The message that came first, for a redelivery of its event: the delivery, or what
	 * is stored of an earlier one if this is a redelivery itself.
	 * @param destination the broker's destination
	 * @param incoming the delivery
	 * @return the message, null for a redelivery of which nothing is stored
	 */
	public @Nullable Original original(String destination, Incoming incoming) {
		Redelivery redelivery = incoming.redelivery();
		return (redelivery != null) ? redelivery.original() : inHand(destination, incoming.delivery());
	}

	// NullAway does not see the annotation of an array.
	@SuppressWarnings("NullAway")
	private Original inHand(String destination, Delivery delivery) {
		return new Original(HeaderTexts.of(delivery.headers()), delivery.payload(),
				new Origin(this.broker, destination, delivery.partition(), delivery.position()));
	}

	/**
	 * Keeps a result that the broker refused; joins the running transaction.
	 * @param result the result
	 * @param failure the refusal
	 */
	public void keepResult(Event<byte @Nullable []> result, RuntimeException failure) {
		keepUnpublished(result, failure);
	}

	/**
	 * Keeps an event that came in and was not published, since its type is not known;
	 * joins the running transaction.
	 * @param event the event
	 * @param failure the refusal
	 */
	public void keepUnknown(Event<byte @Nullable []> event, RuntimeException failure) {
		keepUnpublished(event, failure);
	}

	private void keepUnpublished(Event<byte @Nullable []> event, RuntimeException failure) {
		Map<String, String> headers = EventHeaders.write(event, EventHeaders.KAFKA_PREFIX);
		keep(null, event, null, headers, event.data(), failure, 1, this.clock.instant(),
				new Origin(this.broker, this.streams.nameOf(event.type()), null, null));
	}

	// NullAway does not see the annotation of an array in a compact constructor.
	@SuppressWarnings("NullAway")
	private void keep(@Nullable UUID replayed, @Nullable Event<?> event, @Nullable String handler,
			Map<String, String> headers, byte @Nullable [] payload, Throwable failure, int attempts,
			Instant firstFailure, Origin origin) {
		Throwable cause = (failure instanceof HandlerFailedException && failure.getCause() != null) ? failure.getCause()
				: failure;
		DeadLetter letter = new DeadLetter((replayed != null) ? replayed : UUID.randomUUID(), this.group, handler,
				(event != null) ? event.source() : null, (event != null) ? event.id() : null,
				(event != null) ? event.type() : null, (event != null) ? event.key() : null, headers, payload,
				cause.getClass().getName(), CauseText.of(cause), attempts, firstFailure, this.clock.instant(), origin);
		boolean again = (replayed == null || !this.letters.failedAgain(replayed, letter)) && !this.letters.add(letter);
		logger.warn(
				"dead letter={} type={} id={} source={} key={} handler={} attempts={} stream={} partition={} position={} exception={}: {}",
				again ? "kept-before" : letter.id(), letter.type(), letter.eventId(), letter.source(), letter.key(),
				handler, attempts, origin.destination(), origin.partition(), origin.position(), letter.exception(),
				LogText.of(cause.getMessage(), 300));
	}

}
