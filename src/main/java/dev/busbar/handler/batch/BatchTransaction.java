package dev.busbar.handler.batch;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.Delivery;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.incoming.HandlerFailedException;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.result.HandlingStoppedException;
import dev.busbar.handler.result.Patience;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.outbox.Outbox;
import dev.busbar.outbox.Outbox.OutboxEntry;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.integration.acks.AcknowledgmentCallback.Status;
import org.springframework.transaction.support.TransactionOperations;

/**
 * One transaction around a handling: what was handled, the marks of results published
 * before, and the acknowledgment where the broker shares the database. Races with other
 * transactions are taken again, and an absent database is waited for.
 */
final class BatchTransaction {

	/**
	 * Races with other transactions that are taken again without counting as attempts.
	 */
	private static final int RACES = 20;

	/**
	 * Lost connections in a row, to a database that answers, which are no attempts
	 * either. Not without end: the handler may use another database, which is away.
	 */
	private static final int LOSSES = 5;

	private final TransactionOperations transaction;

	private final Outbox outbox;

	private final ResultPublisher publisher;

	private final DatabaseProbe database;

	private final HandlingProperties properties;

	private final Patience patience;

	BatchTransaction(TransactionOperations transaction, Outbox outbox, ResultPublisher publisher,
			DatabaseProbe database, HandlingProperties properties, Patience patience) {
		this.transaction = transaction;
		this.outbox = outbox;
		this.publisher = publisher;
		this.database = database;
		this.properties = properties;
		this.patience = patience;
	}

	/**
	 * Runs the work and commits it.
	 * @param chunk the deliveries that it handles
	 * @param work returns the results to publish after the commit
	 * @return what the work returned
	 * @throws AcknowledgmentException if another consumer has taken over
	 * @throws HandlingStoppedException if handling was stopped while it waited
	 */
	List<OutboxEntry> commit(List<Incoming> chunk, Supplier<List<OutboxEntry>> work) {
		int races = 0;
		int losses = 0;
		for (int waits = 1;; waits++) {
			try {
				return inTransaction(chunk, work);
			}
			catch (AcknowledgmentException | HandlingStoppedException ex) {
				throw ex;
			}
			catch (BrokerUnavailableException ex) {
				this.patience.pause(this.properties.backoffAfter(waits));
			}
			catch (RuntimeException ex) {
				if (this.database.away()) {
					this.patience.pause(this.properties.backoffAfter(waits));
				}
				else if (isRace(ex) && races++ < RACES) {
					this.patience.pause(Duration.ofMillis(5L * races));
				}
				else if (ConnectionLoss.isIn(ex) && losses++ < LOSSES) {
					this.patience.pause(this.properties.backoffAfter(losses));
				}
				else {
					throw ex;
				}
			}
		}
	}

	/**
	 * Asks the database, and waits while it is away.
	 * @param query reads
	 * @return what the query returned
	 * @throws HandlingStoppedException if handling was stopped while it waited
	 */
	<T> T read(Supplier<T> query) {
		int losses = 0;
		for (int waits = 1;; waits++) {
			try {
				return query.get();
			}
			catch (DataAccessException ex) {
				if (!this.database.away() && !(ConnectionLoss.isIn(ex) && losses++ < LOSSES)) {
					throw ex;
				}
				this.patience.pause(this.properties.backoffAfter(waits));
			}
		}
	}

	private List<OutboxEntry> inTransaction(List<Incoming> chunk, Supplier<List<OutboxEntry>> work) {
		List<Long> marks = this.publisher.takeMarks();
		boolean done = false;
		try {
			List<OutboxEntry> results = this.transaction.execute((status) -> {
				List<OutboxEntry> entries = work.get();
				if (!marks.isEmpty()) {
					this.outbox.markPublished(marks);
				}
				acknowledge(chunk.get(chunk.size() - 1).delivery());
				return entries;
			});
			done = true;
			return (results != null) ? results : List.of();
		}
		finally {
			if (!done) {
				this.publisher.giveBack(marks);
			}
		}
	}

	private static boolean isRace(RuntimeException failure) {
		return failure instanceof ConcurrencyFailureException || failure instanceof DuplicateKeyException
				|| (failure instanceof HandlerFailedException
						&& failure.getCause() instanceof ConcurrencyFailureException);
	}

	/**
	 * Moves the position in this transaction where the broker shares the database; other
	 * brokers acknowledge when this handler returns.
	 */
	private static void acknowledge(Delivery delivery) {
		Object callback = delivery.headers().get(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK);
		if (callback instanceof AcknowledgmentCallback acknowledgment) {
			try {
				acknowledgment.acknowledge(Status.ACCEPT);
			}
			catch (DataAccessException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				throw new AcknowledgmentException(ex);
			}
		}
	}

}
