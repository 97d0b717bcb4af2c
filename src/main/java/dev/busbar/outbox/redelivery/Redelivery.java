package dev.busbar.outbox.redelivery;

import java.time.Instant;
import java.util.UUID;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way back to one consumer group, through the partition of its key.
 *
 * @param kind why it goes there again
 * @param group the consumer group that alone handles it
 * @param event the event with its encoded data
 * @param token tells this redelivery from any other delivery of the event; the inbox
 * admits no other
 * @param due when it is to be sent, null for one that is parked
 * @param gate what later events of the same handler and key wait behind, see
 * {@link Redeliveries#gate}; null if they may overtake
 * @param attempts how many attempts were made before; of a replay, since it began
 * @param firstFailure when the first attempt failed, null if none did
 * @param letter the dead letter that is replayed, null if none is
 * @param detail what else is to be known when it comes back, as text, null if nothing is;
 * of the kind REMOTE the name of the handler
 * @param original the message that came first, null if it is not known, or is that of the
 * dead letter
 */
@SuppressWarnings("ArrayRecordComponent")
public record Redelivery(Kind kind, String group, Event<byte @Nullable []> event, UUID token, @Nullable Instant due,
		byte @Nullable [] gate, int attempts, @Nullable Instant firstFailure, @Nullable UUID letter,
		@Nullable String detail, @Nullable Original original) {

	/**
	 * A redelivery whose first message is not known, or is that of its dead letter; the
	 * parameters are those of the record.
	 */
	// NullAway does not see the annotation of an array.
	@SuppressWarnings("NullAway")
	public Redelivery(Kind kind, String group, Event<byte @Nullable []> event, UUID token, @Nullable Instant due,
			byte @Nullable [] gate, int attempts, @Nullable Instant firstFailure, @Nullable UUID letter,
			@Nullable String detail) {
		this(kind, group, event, token, due, gate, attempts, firstFailure, letter, detail, null);
	}

	/**
	 * Why an event goes to its handler again.
	 */
	public enum Kind {

		/** A delayed attempt after a failure. */
		RETRY,

		/** It came while an earlier event of its key waited, and goes after that one. */
		PARKED,

		/** A person has asked for it. */
		REPLAY,

		/**
		 * It waits for a remote handler, or is with one; nobody sends it over the broker.
		 */
		REMOTE

	}

}
