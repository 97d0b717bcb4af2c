package dev.busbar.handler.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.bus.AcknowledgmentException;
import dev.busbar.bus.inbound.ConnectionLoss.RollbackFailedException;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.InPlaceRetry;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.incoming.HandlerFailedException;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * One transaction around a handling: what was handled, the marks of results published
 * before, and the acknowledgment where the broker shares the database. Races with other
 * transactions are taken again, and an absent database is waited for.
 */
final class BatchTransaction {

	private final TransactionOperations transaction;

	private final ResultPublisher publisher;

	private final InPlaceRetry retry;

	BatchTransaction(TransactionOperations transaction, ResultPublisher publisher, DatabaseProbe database,
			HandlingProperties properties, Patience patience) {
		this.transaction = transaction;
		this.publisher = publisher;
		this.retry = new InPlaceRetry(database, patience, properties::backoffAfter, BatchTransaction::isRace);
	}

	/**
	 * Runs the work and commits it.
	 * @param chunk the deliveries that it handles
	 * @param work gets the numbers of results that were published before when it asks for
	 * them, marks them, and returns the results to publish after the commit
	 * @return what the work returned
	 * @throws AcknowledgmentException if another consumer has taken over
	 * @throws HandlingStoppedException if handling was stopped while it waited
	 */
	List<OutboxEntry> commit(List<Incoming> chunk, Function<Supplier<List<Long>>, List<OutboxEntry>> work) {
		return this.retry.commit(() -> inTransaction(chunk, work));
	}

	/**
	 * Asks the database, and waits while it is away.
	 * @param query reads
	 * @return what the query returned
	 * @throws HandlingStoppedException if handling was stopped while it waited
	 */
	<T> T read(Supplier<T> query) {
		return this.retry.read(query);
	}

	private List<OutboxEntry> inTransaction(List<Incoming> chunk,
			Function<Supplier<List<Long>>, List<OutboxEntry>> work) {
		List<Long> marks = new ArrayList<>();
		boolean done = false;
		try {
			List<OutboxEntry> results = executeOrRollBack(() -> {
				List<OutboxEntry> entries = work.apply(() -> taken(marks));
				chunk.get(chunk.size() - 1).delivery().acknowledge();
				return entries;
			});
			done = true;
			return results;
		}
		finally {
			if (!done) {
				this.publisher.giveBack(marks);
			}
		}
	}

	private List<Long> taken(List<Long> all) {
		List<Long> taken = this.publisher.takeMarks();
		all.addAll(taken);
		return taken;
	}

	/**
	 * Tells a failure of the work from one of the rollback after it. Spring would throw
	 * the second in place of the first, and log an error.
	 */
	private List<OutboxEntry> executeOrRollBack(Supplier<List<OutboxEntry>> work) {
		AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
		List<OutboxEntry> results = null;
		try {
			results = this.transaction.execute((status) -> {
				try {
					return work.get();
				}
				catch (RuntimeException ex) {
					status.setRollbackOnly();
					failure.set(ex);
					return List.of();
				}
			});
		}
		catch (RuntimeException ex) {
			RuntimeException first = failure.get();
			throw (first != null) ? new RollbackFailedException(first, ex) : ex;
		}
		RuntimeException failed = failure.get();
		if (failed != null) {
			throw failed;
		}
		return (results != null) ? results : List.of();
	}

	private static boolean isRace(RuntimeException failure) {
		return failure instanceof HandlerFailedException && failure.getCause() instanceof ConcurrencyFailureException;
	}

}
