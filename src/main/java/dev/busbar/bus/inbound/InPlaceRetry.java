package dev.busbar.bus.inbound;

import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.busbar.bus.AcknowledgmentException;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.inbound.ConnectionLoss.RollbackFailedException;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;

/**
 * Runs transactions again, in place: after races with other transactions, after lost
 * connections, and as long as the database is away. Neither is the fault of what was
 * delivered.
 */
public final class InPlaceRetry {

	/**
	 * Races with other transactions that are taken again without counting as attempts.
	 */
	private static final int RACES = 20;

	/**
	 * Lost connections in a row, to a database that answers, which are no attempts
	 * either. Not without end: the handler may use another database, which is away.
	 */
	private static final int LOSSES = 5;

	private final DatabaseProbe database;

	private final Patience patience;

	private final IntFunction<Duration> backoff;

	private final Predicate<RuntimeException> races;

	/**
	 * Creates a retry.
	 * @param database tells whether the database is away
	 * @param patience waits
	 * @param backoff how long to wait after a number of tries in vain, from 1
	 * @param races further failures that are races, beside those of Spring's data access
	 */
	public InPlaceRetry(DatabaseProbe database, Patience patience, IntFunction<Duration> backoff,
			Predicate<RuntimeException> races) {
		this.database = database;
		this.patience = patience;
		this.backoff = backoff;
		this.races = races;
	}

	/**
	 * Runs a transaction until it has committed, or fails by itself.
	 * @param transaction commits before it returns
	 * @return what it returned
	 * @throws AcknowledgmentException if another consumer has taken over
	 * @throws HandlingStoppedException if handling was stopped while it waited
	 */
	public <T> T commit(Supplier<T> transaction) {
		int lost = 0;
		int losses = 0;
		for (int waits = 1;; waits++) {
			try {
				return transaction.get();
			}
			catch (AcknowledgmentException | HandlingStoppedException ex) {
				throw ex;
			}
			catch (BrokerUnavailableException ex) {
				this.patience.pause(this.backoff.apply(waits));
			}
			catch (RuntimeException ex) {
				if (this.database.away()) {
					this.patience.pause(this.backoff.apply(waits));
				}
				else if (isRace(ex) && lost++ < RACES) {
					this.patience.pause(Duration.ofMillis(5L * lost));
				}
				else if (ConnectionLoss.isIn(ex) && losses++ < LOSSES) {
					this.patience.pause(this.backoff.apply(losses));
				}
				else {
					throw (ex instanceof RollbackFailedException failed) ? failed.failure() : ex;
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
	public <T> T read(Supplier<T> query) {
		int losses = 0;
		for (int waits = 1;; waits++) {
			try {
				return query.get();
			}
			catch (DataAccessException ex) {
				if (!this.database.away() && !(ConnectionLoss.isIn(ex) && losses++ < LOSSES)) {
					throw ex;
				}
				this.patience.pause(this.backoff.apply(waits));
			}
		}
	}

	private boolean isRace(RuntimeException failure) {
		return failure instanceof ConcurrencyFailureException || failure instanceof DuplicateKeyException
				|| this.races.test(failure);
	}

}
