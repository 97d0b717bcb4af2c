package dev.busbar.outbox.outgoing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.event.Event;
import dev.busbar.outbox.outgoing.OutgoingSlots.Numbers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Publishes due rows, a bounded number in one transaction, which holds the locks of their
 * slots: those of one key go in their order and through one instance at a time. If the
 * transaction fails after the broker has taken the events, they are published again,
 * under the same ids. A batch that the broker does not take whole is tried again event by
 * event, so that one bad event blocks no other: one that the broker refuses for good is a
 * dead letter.
 */
public final class RelayBatch {

	private static final Logger logger = LoggerFactory.getLogger(RelayBatch.class);

	private static final int SLOTS_AT_ONCE = 8;

	private static final int ROWS = 1000;

	private static final int ROWS_ALONE = 100;

	private static final long BYTES = 4_000_000;

	private static final int FAILURES = 3;

	/** After which time a redelivery is sent again that has not come back. */
	private static final Duration RESEND = Duration.ofMinutes(10);

	private final OutgoingSlots slots;

	private final EventBus bus;

	private final BrokerWatch watch;

	private final RefusedEvents refused;

	private final OutboxSize size;

	private final TransactionTemplate transaction;

	private final TransactionTemplate outside;

	private final Clock clock;

	private List<Integer> suspects = List.of();

	private int suspected;

	/**
	 * Creates what one relay runs again and again.
	 * @param slots tells what is due
	 * @param bus publishes
	 * @param watch tells whether the broker is there
	 * @param refused keeps what the broker refuses
	 * @param size is told what was published
	 * @param transactions the application's transactions
	 * @param clock tells what is due
	 */
	public RelayBatch(OutgoingSlots slots, EventBus bus, BrokerWatch watch, RefusedEvents refused, OutboxSize size,
			PlatformTransactionManager transactions, Clock clock) {
		this.slots = slots;
		this.bus = bus;
		this.watch = watch;
		this.refused = refused;
		this.size = size;
		this.transaction = new TransactionTemplate(transactions);
		this.outside = new TransactionTemplate(transactions);
		this.outside.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
		this.clock = clock;
	}

	/**
	 * Publishes one batch.
	 * @return how many rows are done
	 * @throws BrokerUnavailableException if the broker does not take them now
	 */
	int run() {
		if (!this.suspects.isEmpty()) {
			return runAlone();
		}
		List<Integer> due = new ArrayList<>(this.slots.due(this.clock.instant()));
		if (due.isEmpty()) {
			return 0;
		}
		// By chance, so that several instances share the slots.
		Collections.shuffle(due);
		List<Integer> wanted = due.subList(0, Math.min(due.size(), SLOTS_AT_ONCE));
		List<OutgoingRow> rows = new ArrayList<>();
		try {
			this.transaction.executeWithoutResult((status) -> {
				rows.addAll(claim(wanted, ROWS));
				publishTogether(rows);
			});
		}
		catch (RuntimeException ex) {
			if (rows.isEmpty() || !this.watch.available()) {
				throw ex;
			}
			logger.debug("{} events are published one by one now", rows.size(), ex);
			this.suspects = List.copyOf(wanted);
			this.suspected = rows.size();
			return runAlone();
		}
		return count(rows);
	}

	private int runAlone() {
		List<Integer> wanted = this.suspects;
		this.suspects = List.of();
		List<OutgoingRow> done = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			List<OutgoingRow> rows = claim(wanted, ROWS_ALONE);
			publishOneByOne(rows, done);
			this.suspected -= Math.max(1, rows.size());
		});
		this.suspects = (this.suspected > 0 && !done.isEmpty()) ? wanted : List.of();
		return count(done);
	}

	private int count(List<OutgoingRow> rows) {
		this.size.removed((int) rows.stream().filter((row) -> !row.isRedelivery()).count());
		return rows.size();
	}

	private List<OutgoingRow> claim(List<Integer> wanted, int limit) {
		Instant now = this.clock.instant();
		List<Integer> locked = this.slots.lock(wanted);
		List<Long> numbers = new ArrayList<>();
		long bytes = 0;
		for (int slot : locked) {
			if (bytes < BYTES) {
				Numbers found = this.slots.numbers(slot, now, Math.max(1, limit / locked.size()), BYTES - bytes);
				numbers.addAll(found.numbers());
				bytes += found.bytes();
			}
		}
		return numbers.isEmpty() ? List.of() : this.slots.read(numbers, now);
	}

	private void publishTogether(List<OutgoingRow> rows) {
		if (!rows.isEmpty()) {
			List<Event<byte @Nullable []>> events = rows.stream().map(OutgoingRow::outgoing).toList();
			this.bus.publishWaiting(events);
			this.slots.done(rows, this.clock.instant(), RESEND);
		}
	}

	private void publishOneByOne(List<OutgoingRow> rows, List<OutgoingRow> done) {
		Set<Integer> blocked = new HashSet<>();
		Map<OutgoingRow, RuntimeException> refusals = new LinkedHashMap<>();
		for (OutgoingRow row : rows) {
			int slot = Backlog.slot(row.event());
			if (blocked.contains(slot)) {
				continue;
			}
			try {
				// Not with this transaction, which a failure could spoil.
				this.outside.executeWithoutResult((status) -> this.bus.publishWaiting(List.of(row.outgoing())));
				done.add(row);
			}
			catch (EventRejectedException | IllegalArgumentException ex) {
				if (row.isRedelivery()) {
					refusals.put(row, ex);
				}
				else {
					this.refused.keep(row, ex);
				}
				done.add(row);
			}
			catch (BrokerUnavailableException ex) {
				blocked.add(slot);
				if (!this.watch.available() || blocked.size() == FAILURES) {
					break;
				}
			}
		}
		// No sooner: the bus must not wait while this transaction has rows of handlers.
		this.refused.end(refusals);
		this.slots.done(done, this.clock.instant(), RESEND);
		if (done.isEmpty() && !blocked.isEmpty()) {
			throw new BrokerUnavailableException("The broker takes none of " + rows.size() + " waiting events", null);
		}
	}

}
