package dev.busbar.handler.result;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Publishes what a crash left behind: results that are stored, but stayed without a mark
 * for longer than any batch takes. One instance of a group sweeps at a time.
 */
public final class Sweep {

	private static final Logger logger = LoggerFactory.getLogger(Sweep.class);

	private static final int LIMIT = 1_000;

	private static final Duration LEASE = Duration.ofMinutes(1);

	private final String group;

	private final EventTypes types;

	private final Outbox outbox;

	private final Leases leases;

	private final ResultPublisher publisher;

	private final TransactionOperations transaction;

	private final HandlingProperties properties;

	private final Clock clock;

	private boolean failing;

	/**
	 * Creates a sweep.
	 * @param group the consumer group whose results are swept
	 * @param types the types that this application knows
	 * @param outbox keeps the results
	 * @param leases lets one instance sweep
	 * @param publisher publishes them
	 * @param transaction the application's transactions
	 * @param properties how old a result must be
	 * @param clock tells how old results are
	 */
	public Sweep(String group, EventTypes types, Outbox outbox, Leases leases, ResultPublisher publisher,
			TransactionOperations transaction, HandlingProperties properties, Clock clock) {
		this.group = group;
		this.types = types;
		this.outbox = outbox;
		this.leases = leases;
		this.publisher = publisher;
		this.transaction = transaction;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * Sweeps, and tells of a failure once.
	 * @return how many results were published
	 */
	public int runSafely() {
		try {
			int swept = run();
			if (this.failing) {
				this.failing = false;
				logger.info("The sweep of results works again");
			}
			return swept;
		}
		catch (BrokerUnavailableException ex) {
			logger.debug("The sweep waits for the broker", ex);
		}
		catch (RuntimeException ex) {
			if (!this.failing) {
				this.failing = true;
				logger.warn("The sweep of results failed and is tried again: {}", ex.toString());
			}
		}
		return 0;
	}

	/**
	 * Publishes what is old enough and belongs to nobody.
	 * @return how many results were published
	 */
	int run() {
		this.publisher.flushMarks();
		String lease = "sweep:" + this.group;
		if (!this.leases.acquire(lease, LEASE)) {
			return 0;
		}
		try {
			List<OutboxEntry> left = left();
			if (!left.isEmpty()) {
				this.publisher.publishNow(left);
				logger.info("Published {} results that were stored, but not known to be published", left.size());
			}
			return left.size();
		}
		finally {
			this.publisher.flushMarks();
			this.leases.release(lease);
		}
	}

	private List<OutboxEntry> left() {
		Instant before = this.clock.instant().minus(this.properties.sweepAfter());
		long after = -1;
		while (true) {
			List<OutboxEntry> entries = claim(before, after);
			// A newer version of the application may have stored types unknown to this
			// one, and more of them than one claim takes.
			List<OutboxEntry> known = entries.stream()
				.filter((entry) -> this.types.byName(entry.event().type()).isPresent()
						&& !this.publisher.isWaiting(entry))
				.toList();
			if (!known.isEmpty() || entries.size() < LIMIT) {
				return known;
			}
			after = entries.get(entries.size() - 1).number();
		}
	}

	private List<OutboxEntry> claim(Instant before, long after) {
		List<OutboxEntry> entries = this.transaction
			.execute((status) -> this.outbox.claimUnpublished(this.group, before, after, LIMIT));
		return (entries != null) ? entries : List.of();
	}

}
