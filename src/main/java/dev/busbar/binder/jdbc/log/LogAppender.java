package dev.busbar.binder.jdbc.log;

import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Appends records. Within a transaction of this database they are collected, and written
 * together before its commit: the partitions' counters are the last locks that it takes,
 * and are held for an instant. Without one, an append is a transaction of its own.
 * <p>
 * For use by any number of threads.
 */
public final class LogAppender {

	private final JdbcTemplate jdbc;

	private final LogTransactions transactions;

	private final LogDialect dialect;

	private final @Nullable LogSync sync;

	private final Consumer<Map<Integer, Long>> heads;

	/**
	 * Creates an appender.
	 * @param jdbc the database
	 * @param transactions short transactions on it
	 * @param dialect its dialect
	 * @param sync whether a commit is forced to disk by an extra command
	 * @param heads is told after a commit, per partition, one past the last offset
	 */
	public LogAppender(JdbcTemplate jdbc, LogTransactions transactions, LogDialect dialect, boolean sync,
			Consumer<Map<Integer, Long>> heads) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.dialect = dialect;
		this.sync = (sync && dialect == LogDialect.H2) ? new LogSync(jdbc, dialect) : null;
		this.heads = heads;
	}

	/**
	 * Appends a record. When the transaction in progress has committed, or this returns
	 * without one, it is stored.
	 * @param partitionId the partition
	 * @param headers encoded headers
	 * @param payload the payload
	 * @throws IllegalArgumentException if the record is too large for the database
	 */
	public void append(int partitionId, byte[] headers, byte[] payload) {
		int max = this.dialect.maxPayload();
		if (payload.length > max || headers.length > max) {
			throw new IllegalArgumentException("A record of " + payload.length + " bytes (headers " + headers.length
					+ ") is too large for the log in " + this.dialect + "; allowed are " + max
					+ " bytes each. Store the data elsewhere and publish a reference"
					+ ((this.dialect == LogDialect.H2) ? ", or use PostgreSQL." : "."));
		}
		if (this.transactions.inProgress()) {
			pending().add(partitionId, headers, payload);
		}
		else {
			this.transactions.executeWithoutResult((status) -> pending().add(partitionId, headers, payload));
		}
	}

	/**
	 * Has a transaction manager tell of its commits: what is published for the first time
	 * by a callback of the commit itself, such as a listener of {@code BEFORE_COMMIT} or
	 * of JPA's flush, would otherwise come too late to be collected.
	 * @param manager transactions of any database
	 */
	public void listenTo(ConfigurableTransactionManager manager) {
		manager.addListener(new TransactionExecutionListener() {

			@Override
			public void beforeCommit(TransactionExecution transaction) {
				if (LogAppender.this.transactions.inProgress()) {
					pending().commits();
				}
			}

		});
	}

	private PendingAppends pending() {
		PendingAppends pending = (PendingAppends) TransactionSynchronizationManager.getResource(this);
		if (pending == null) {
			pending = new PendingAppends(this);
			TransactionSynchronizationManager.bindResource(this, pending);
			TransactionSynchronizationManager.registerSynchronization(pending);
		}
		return pending;
	}

	JdbcTemplate jdbc() {
		return this.jdbc;
	}

	LogDialect dialect() {
		return this.dialect;
	}

	void committed(Map<Integer, Long> newHeads) {
		if (this.sync != null) {
			this.sync.sync();
		}
		this.heads.accept(newHeads);
	}

}
