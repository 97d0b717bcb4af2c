package dev.busbar.binder.jdbc.log;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Short transactions on the log's database, and whether one is in progress. It does not
 * matter which kind the application has: all bind the connection of a data source to the
 * thread in the same way.
 */
public final class LogTransactions extends TransactionTemplate {

	private final DataSource dataSource;

	private final Transactions transactions;

	/**
	 * Creates transactions on a database.
	 * @param dataSource the database
	 */
	public LogTransactions(DataSource dataSource) {
		this(dataSource, new Transactions(dataSource));
	}

	private LogTransactions(DataSource dataSource, Transactions transactions) {
		super(transactions);
		this.dataSource = dataSource;
		this.transactions = transactions;
	}

	/**
	 * Whether the caller is inside a transaction of the log's database. A transaction of
	 * another database, to whose end a connection of this one is merely tied, is none:
	 * each statement on that connection is committed by itself, or by nobody.
	 * @return whether what is written now is committed or rolled back with more
	 */
	public boolean inProgress() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive() || !(TransactionSynchronizationManager
					.getResource(this.dataSource) instanceof ConnectionHolder bound)) {
			return false;
		}
		// JPA's transactions expose their connection without saying that it is active.
		return this.transactions.inProgress() || !bound.isSynchronizedWithTransaction();
	}

	private static final class Transactions extends JdbcTransactionManager {

		Transactions(DataSource dataSource) {
			super(dataSource);
		}

		boolean inProgress() {
			return isExistingTransaction(doGetTransaction());
		}

	}

}
