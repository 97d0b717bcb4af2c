package dev.busbar.handler.retry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.store.inbox.Inbox;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of each key while an attempt is delayed, for the deliveries of one
 * transaction.
 * <p>
 * The delayed event and all that come after it under its stream and key wait at one gate,
 * as rows whose numbers rise in the order in which they came. Why the order holds:
 * <ul>
 * <li>A new event runs only where its gate is open, which means that no earlier event of
 * its key waits. Else it gets the next number there.</li>
 * <li>A redelivery runs only if it has the lowest number at its gate, so if it is the
 * earliest that is not done. Else it is parked again. So it does not matter in which
 * order, or how often, the broker brings redeliveries.</li>
 * <li>An event that fails again keeps its number, and stays the first.</li>
 * <li>The number is free only in the transaction that handles the event or makes it a
 * dead letter.</li>
 * <li>The gate is locked by each transaction that looks at it, after the inbox rows, so
 * that a second consumer of the partition (the former one, say) sees either all of this
 * or none. There is no need to look if no gate was closed when the inbox admitted events
 * that are all new: a former consumer that closes one would have left a row there.</li>
 * </ul>
 * Nothing waits for ever: the first at a gate is always due or delayed until a time, and
 * each transaction that ends one opens the gate for the next; also the relay's, which
 * ends what the broker refuses for good.
 */
public final class KeyOrder {

	private final String group;

	private final String stream;

	private final Redeliveries redeliveries;

	private final DeadLetterOffice deadLetters;

	private final Set<String> closed = new HashSet<>();

	private final Map<String, Deque<UUID>> waiting = new HashMap<>();

	private final List<Inbox.Delayed> delayed = new ArrayList<>();

	private final List<Inbox.Delayed> replayed = new ArrayList<>();

	private final List<Redelivery> parked = new ArrayList<>();

	private final List<UUID> parkedAgain = new ArrayList<>();

	private final List<UUID> ended = new ArrayList<>();

	private final Map<String, byte[]> touched = new LinkedHashMap<>();

	private boolean unhindered;

	/**
	 * Prepares a transaction.
	 * @param group the consumer group
	 * @param stream the stream
	 * @param redeliveries what waits
	 * @param deadLetters knows what a dead letter tells of a delivery
	 */
	public KeyOrder(String group, String stream, Redeliveries redeliveries, DeadLetterOffice deadLetters) {
		this.group = group;
		this.stream = stream;
		this.redeliveries = redeliveries;
		this.deadLetters = deadLetters;
	}

	/**
	 * Looks at the gates of what the inbox has admitted; to be called after that.
	 * @param admitted the deliveries that may run
	 * @param quiet whether the inbox is certain that no event waits before one of these
	 */
	public void look(List<Incoming> admitted, boolean quiet) {
		this.unhindered = quiet
				&& admitted.stream().noneMatch((each) -> each.redelivery() != null || each.requiredHandler().remote());
		if (this.unhindered) {
			return;
		}
		Map<String, byte[]> gates = new LinkedHashMap<>();
		Map<String, Integer> comingBack = new LinkedHashMap<>();
		for (Incoming incoming : admitted) {
			byte[] gate = gate(incoming);
			if (gate != null) {
				gates.put(hex(gate), gate);
				if (incoming.redelivery() != null) {
					comingBack.merge(hex(gate), 1, Integer::sum);
				}
			}
		}
		this.closed.addAll(this.redeliveries.closed(gates.values()));
		comingBack.forEach((hex, count) -> {
			byte[] gate = gates.get(hex);
			if (gate != null) {
				this.waiting.put(hex, new ArrayDeque<>(this.redeliveries.waiting(gate, count)));
			}
		});
	}

	/**
	 * Whether a delivery has to wait behind another; if so, it is parked.
	 * @param incoming what the inbox has admitted
	 * @return whether it must not run now
	 */
	public boolean parks(Incoming incoming) {
		if (this.unhindered) {
			return false;
		}
		byte[] gate = gate(incoming);
		if (gate == null) {
			return false;
		}
		Redelivery redelivery = incoming.redelivery();
		if (redelivery == null) {
			if (!this.closed.contains(hex(gate))) {
				return false;
			}
			Event<byte @Nullable []> event = incoming.requiredRaw();
			UUID token = UUID.randomUUID();
			this.delayed.add(new Inbox.Delayed(event, 0, token));
			this.parked.add(new Redelivery(Redelivery.Kind.PARKED, this.group, event, token, null, gate, 0, null, null,
					null, this.deadLetters.original(this.stream, incoming)));
			this.touched.put(hex(gate), gate);
			return true;
		}
		Deque<UUID> first = this.waiting.get(hex(gate));
		if (first != null && redelivery.token().equals(first.peek())) {
			first.poll();
			return false;
		}
		this.delayed.add(new Inbox.Delayed(redelivery.event(), redelivery.attempts(), redelivery.token()));
		this.parkedAgain.add(redelivery.token());
		return true;
	}

	/**
	 * Leaves a delivery to its remote handler, which takes it when all before it at its
	 * gate is done: no relay and no broker has to bring it again. All that comes later
	 * for its key waits behind it.
	 * @param incoming what the inbox has admitted
	 * @param attempt how many attempts the inbox has counted for it
	 */
	public void leave(Incoming incoming, int attempt) {
		Redelivery former = incoming.redelivery();
		byte[] gate = gate(incoming);
		// Another token, so that nothing that is still on its way brings it a second
		// time.
		UUID token = UUID.randomUUID();
		Event<byte @Nullable []> event = incoming.requiredRaw();
		int attempts = (former != null) ? former.attempts() : 0;
		UUID letter = (former != null) ? former.letter() : null;
		this.parked.add(new Redelivery(Redelivery.Kind.REMOTE, this.group, event, token, null, gate, attempts,
				(former != null) ? former.firstFailure() : null, letter, incoming.requiredHandler().name(),
				this.deadLetters.original(this.stream, incoming)));
		if (letter != null) {
			this.replayed.add(new Inbox.Delayed(event, attempt, token));
		}
		else {
			this.delayed.add(new Inbox.Delayed(event, attempts, token));
		}
		if (gate != null) {
			this.closed.add(hex(gate));
			// It is not done, so none that comes back is the first any more.
			this.waiting.remove(hex(gate));
			this.touched.put(hex(gate), gate);
		}
	}

	/**
	 * Ends a redelivery, whose event was handled, or is a dead letter. Not if it was
	 * parked in this transaction: then the inbox takes only its second delivery for
	 * handled.
	 * @param incoming the delivery, of whatever kind
	 */
	public void end(Incoming incoming) {
		Redelivery redelivery = incoming.redelivery();
		if (redelivery == null || this.parkedAgain.contains(redelivery.token())) {
			return;
		}
		this.ended.add(redelivery.token());
		byte[] gate = redelivery.gate();
		if (gate != null) {
			this.touched.put(hex(gate), gate);
		}
	}

	/**
	 * Writes what was decided.
	 * @param inbox the inbox
	 * @param handling the number of the admission
	 */
	public void settle(Inbox inbox, long handling) {
		if (!this.delayed.isEmpty()) {
			inbox.delay(this.group, handling, this.delayed);
		}
		if (!this.replayed.isEmpty()) {
			inbox.replayLater(this.group, handling, this.replayed);
		}
		if (!this.parked.isEmpty()) {
			this.redeliveries.add(this.parked);
		}
		this.redeliveries.park(this.parkedAgain);
		this.redeliveries.end(this.ended);
		if (!this.touched.isEmpty()) {
			this.redeliveries.open(this.touched.values());
		}
	}

	/**
	 * The gate where a delivery waits: that with which it was stored, or that of its key;
	 * null for one that may overtake.
	 */
	private byte @Nullable [] gate(Incoming incoming) {
		Redelivery redelivery = incoming.redelivery();
		return (redelivery != null) ? redelivery.gate()
				: this.redeliveries.gate(this.group, this.stream, incoming.requiredRaw().key());
	}

	private static String hex(byte[] gate) {
		return HexFormat.of().formatHex(gate);
	}

}
