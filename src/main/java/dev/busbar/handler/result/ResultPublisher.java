package dev.busbar.handler.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.Event;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.outbox.result.Outbox.Result;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Publishes the results that a transaction has committed. That they are published is
 * marked in the next batch's transaction, or soon by the sweep, which also publishes what
 * a crash left behind.
 */
public final class ResultPublisher {

	private static final int MARKS = 1_000;

	private static final Logger logger = LoggerFactory.getLogger(ResultPublisher.class);

	private final EventBus bus;

	private final Outbox outbox;

	private final DeadLetterOffice deadLetters;

	private final TransactionOperations transaction;

	private final HandlingProperties properties;

	private final Patience patience;

	/** What was published together stays together, and is marked as one. */
	private final ConcurrentLinkedQueue<List<Long>> marks = new ConcurrentLinkedQueue<>();

	private final Set<Long> waiting = ConcurrentHashMap.newKeySet();

	/**
	 * Creates a publisher.
	 * @param bus publishes results
	 * @param outbox keeps them
	 * @param deadLetters keeps those that the broker refuses
	 * @param transaction the application's transactions
	 * @param properties how long to wait
	 * @param patience waits for the broker
	 */
	public ResultPublisher(EventBus bus, Outbox outbox, DeadLetterOffice deadLetters, TransactionOperations transaction,
			HandlingProperties properties, Patience patience) {
		this.bus = bus;
		this.outbox = outbox;
		this.deadLetters = deadLetters;
		this.transaction = transaction;
		this.properties = properties;
		this.patience = patience;
	}

	/**
	 * Publishes entries in their order, and waits while the broker is away.
	 * @param entries committed results
	 * @throws HandlingStoppedException if handling is stopped meanwhile; the sweep or a
	 * redelivery publishes them then
	 */
	public void publish(List<OutboxEntry> entries) {
		if (entries.isEmpty()) {
			return;
		}
		List<Long> numbers = numbers(entries);
		this.waiting.addAll(numbers);
		try {
			publishPatiently(entries);
		}
		finally {
			this.waiting.removeAll(numbers);
		}
	}

	private void publishPatiently(List<OutboxEntry> entries) {
		for (int failures = 1;; failures++) {
			try {
				publishNow(entries);
				return;
			}
			catch (BrokerUnavailableException ex) {
				Duration pause = this.properties.backoffAfter(failures);
				logger.debug("{} results wait for the broker", entries.size(), ex);
				this.patience.pause(pause);
			}
		}
	}

	/** Whether a handler is about to publish an entry: then the sweep leaves it. */
	boolean isWaiting(OutboxEntry entry) {
		return this.waiting.contains(entry.number())
				|| this.marks.stream().anyMatch((numbers) -> numbers.contains(entry.number()));
	}

	/**
	 * Publishes entries in their order; one that the broker refuses becomes a dead
	 * letter. To be called outside a transaction, since what was sent cannot be rolled
	 * back.
	 * @throws BrokerUnavailableException if the broker is away; some may be published
	 * without a mark, and are then published again
	 */
	void publishNow(List<OutboxEntry> entries) {
		List<Event<byte @Nullable []>> events = new ArrayList<>(entries.size());
		entries.forEach((entry) -> events.add(entry.event()));
		try {
			this.bus.publishAll(events);
			keep(numbers(entries));
		}
		catch (BrokerUnavailableException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			publishEach(entries);
		}
	}

	private void publishEach(List<OutboxEntry> entries) {
		List<Long> published = new ArrayList<>(entries.size());
		try {
			for (OutboxEntry entry : entries) {
				publishAlone(entry);
				published.add(entry.number());
			}
		}
		finally {
			keep(published);
		}
	}

	private void publishAlone(OutboxEntry entry) {
		try {
			this.bus.publish(entry.event());
		}
		catch (BrokerUnavailableException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			this.transaction.executeWithoutResult((status) -> this.deadLetters.keepResult(entry.event(), ex));
		}
	}

	/**
	 * Publishes results with the running transaction and stores them as published, where
	 * the broker shares its database: a crash then leaves none behind, so that none comes
	 * late. One that the broker refuses becomes a dead letter.
	 * @param handling the number of the handling that returned them
	 * @param results results that are not stored yet
	 * @param micros how long the handler took for each event, stored with them
	 * @return whether the broker can; if not, nothing is stored
	 */
	public boolean publishInTransaction(long handling, List<Result> results, List<Long> micros) {
		if (!this.bus.publishInTransaction(results.stream().map(Result::event).toList(),
				this.deadLetters::keepResult)) {
			return false;
		}
		this.outbox.addPublished(handling, results, micros);
		return true;
	}

	/** Takes marks to write; they are given back if the transaction rolls back. */
	public List<Long> takeMarks() {
		List<Long> taken = new ArrayList<>();
		for (List<Long> next = this.marks.poll(); next != null; next = this.marks.poll()) {
			taken.addAll(next);
			if (taken.size() >= MARKS) {
				break;
			}
		}
		return taken;
	}

	/**
	 * Gives marks back that were not written.
	 * @param taken what was taken
	 */
	public void giveBack(List<Long> taken) {
		keep(taken);
	}

	private void keep(List<Long> published) {
		if (!published.isEmpty()) {
			this.marks.add(published);
		}
	}

	private static List<Long> numbers(List<OutboxEntry> entries) {
		return entries.stream().map(OutboxEntry::number).toList();
	}

	/** Writes the marks that no batch has taken along. */
	public void flushMarks() {
		List<Long> taken = takeMarks();
		while (!taken.isEmpty()) {
			List<Long> batch = taken;
			try {
				this.transaction.executeWithoutResult((status) -> this.outbox.markPublished(batch));
			}
			catch (RuntimeException ex) {
				giveBack(batch);
				throw ex;
			}
			taken = takeMarks();
		}
	}

}
