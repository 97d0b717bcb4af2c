package dev.busbar.handler.retry;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

import dev.busbar.event.Event;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.RetryProperties.Order;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.redelivery.Redelivery.Kind;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.Inbox.Admission;
import dev.busbar.store.inbox.Inbox.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an event after an attempt that failed: another one in place or later,
 * or a dead letter. All that writes joins the running transaction.
 */
public final class Aftermath {

	private final String group;

	private final String stream;

	private final Inbox inbox;

	private final Redeliveries redeliveries;

	private final DeadLetterOffice deadLetters;

	/**
	 * Prepares for failures of a stream.
	 * @param group the consumer group
	 * @param stream the stream
	 * @param inbox what was handled before
	 * @param redeliveries takes what is tried again later
	 * @param deadLetters takes what is not
	 */
	public Aftermath(String group, String stream, Inbox inbox, Redeliveries redeliveries,
			DeadLetterOffice deadLetters) {
		this.group = group;
		this.stream = stream;
		this.inbox = inbox;
		this.redeliveries = redeliveries;
		this.deadLetters = deadLetters;
	}

	/**
	 * What to do next.
	 * @param incoming the delivery that failed
	 * @param policy the handler's policy
	 * @param tries how many attempts were made since it was delivered
	 * @param failure why the last one failed
	 * @param lanes how long it may wait in place
	 * @return the pause or delay of the next attempt, or a dead letter
	 */
	public static Step after(Incoming incoming, RetryPolicy policy, int tries, RuntimeException failure, Lanes lanes) {
		return after(incoming, policy, tries, failure, lanes::allows);
	}

	/**
	 * What to do next, as
	 * {@link #after(Incoming, RetryPolicy, int, RuntimeException, Lanes)}.
	 * @param incoming the delivery that failed
	 * @param policy the handler's policy
	 * @param tries how many attempts were made since it was delivered
	 * @param failure why the last one failed
	 * @param inPlace whether it may wait in place for some time
	 * @return the pause or delay of the next attempt, or a dead letter
	 */
	public static Step after(Incoming incoming, RetryPolicy policy, int tries, RuntimeException failure,
			Predicate<Duration> inPlace) {
		int total = before(incoming) + tries;
		if (!policy.mayHelp(failure)) {
			return Step.GIVE_UP;
		}
		if (total < policy.attempts()) {
			Duration pause = policy.pauseAfter(total);
			return new Step(pause, !incoming.handleable() || inPlace.test(pause));
		}
		Duration delay = isReplay(incoming) ? null : policy.delayAfter(total);
		return (delay != null) ? new Step(delay, false) : Step.GIVE_UP;
	}

	/** How many attempts were made before this delivery, or since its replay. */
	public static int before(Incoming incoming) {
		Redelivery redelivery = incoming.redelivery();
		return (redelivery != null) ? redelivery.attempts() : 0;
	}

	private static boolean isReplay(Incoming incoming) {
		Redelivery redelivery = incoming.redelivery();
		return redelivery != null && (redelivery.kind() == Kind.REPLAY || redelivery.letter() != null);
	}

	/**
	 * Puts an event aside until its next attempt is due.
	 * @param incoming the delivery that failed
	 * @param order what becomes of later events of its key
	 * @param tries how many attempts were made since it was delivered
	 * @param firstFailure when the first of these failed
	 * @param due when the next attempt is due
	 * @return what the inbox says; the event is put aside only if it is FIRST
	 */
	public Verdict delay(Incoming incoming, Order order, int tries, Instant firstFailure, Instant due) {
		Event<byte @Nullable []> event = incoming.requiredRaw();
		Redelivery former = incoming.redelivery();
		if (former != null && isReplay(incoming)) {
			return delayReplay(former, event, tries, due);
		}
		Admission admission = this.inbox.admit(this.group, List.of(event), Arrays.asList(incoming.token()), 1);
		if (admission.verdicts().get(0) != Verdict.FIRST) {
			return admission.verdicts().get(0);
		}
		byte[] gate = (order == Order.PARK) ? this.redeliveries.gate(this.group, this.stream, event.key()) : null;
		byte[] left = (former != null) ? former.gate() : null;
		boolean waits = gate != null && !this.redeliveries.closed(List.of(gate)).isEmpty()
				&& !Arrays.equals(gate, left);
		int attempts = before(incoming) + tries;
		Instant first = (former != null && former.firstFailure() != null) ? former.firstFailure() : firstFailure;
		UUID token = UUID.randomUUID();
		this.redeliveries
			.add(List.of(new Redelivery(waits ? Kind.PARKED : Kind.RETRY, this.group, event, token, waits ? null : due,
					gate, attempts, first, null, null, this.deadLetters.original(this.stream, incoming))));
		this.inbox.delay(this.group, admission.handling(), List.of(new Inbox.Delayed(event, attempts, token)));
		if (gate != null) {
			this.redeliveries.open(List.of(gate));
		}
		if (left != null && !Arrays.equals(gate, left)) {
			this.redeliveries.open(List.of(left));
		}
		return Verdict.FIRST;
	}

	/**
	 * Puts a replay aside whose letter stays on its way. The inbox counts these tries at
	 * once.
	 */
	private Verdict delayReplay(Redelivery former, Event<byte @Nullable []> event, int tries, Instant due) {
		UUID token = UUID.randomUUID();
		if (!this.inbox.bury(this.group, event, former.token(), tries)
				|| !this.inbox.replay(this.group, event, token)) {
			return Verdict.HANDLED;
		}
		this.redeliveries.add(List.of(new Redelivery(Kind.REPLAY, this.group, event, token, due, former.gate(),
				former.attempts() + tries, former.firstFailure(), former.letter(), null, former.original())));
		return Verdict.FIRST;
	}

	/**
	 * Makes a dead letter of an event, or opens the one again that is replayed.
	 * @param incoming the delivery
	 * @param failure why it cannot be handled
	 * @param tries how many attempts were made since it was delivered
	 * @param firstFailure when the first of these failed
	 * @return whether it is a dead letter; false if it was handled after all, or is
	 * another delivery's by now
	 */
	public boolean bury(Incoming incoming, RuntimeException failure, int tries, Instant firstFailure) {
		Event<byte @Nullable []> event = incoming.raw();
		Redelivery former = incoming.redelivery();
		int attempts = before(incoming) + tries;
		int uncounted = isReplay(incoming) ? tries : attempts;
		boolean buried = event == null || this.inbox.bury(this.group, event, incoming.token(), uncounted);
		if (former != null) {
			KeyOrder ends = new KeyOrder(this.group, this.stream, this.redeliveries, this.deadLetters);
			ends.end(incoming);
			ends.settle(this.inbox, 0);
		}
		if (!buried) {
			return false;
		}
		UUID letter = (former != null) ? former.letter() : null;
		if (letter != null) {
			this.deadLetters.keepAgain(letter, this.stream, incoming, failure, attempts, firstFailure);
		}
		else {
			Instant first = (former != null && former.firstFailure() != null) ? former.firstFailure() : firstFailure;
			this.deadLetters.keep(this.stream, incoming, failure, attempts, first);
		}
		return true;
	}

	/**
	 * What comes after a failure.
	 *
	 * @param pause the time until the next attempt, null if there is none
	 * @param inPlace whether the partition waits for it
	 */
	public record Step(@Nullable Duration pause, boolean inPlace) {

		static final Step GIVE_UP = new Step(null, false);

	}

}
