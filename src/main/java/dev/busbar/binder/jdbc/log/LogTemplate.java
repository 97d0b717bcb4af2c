package dev.busbar.binder.jdbc.log;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A template whose updates are committed also if the connection pool hands out
 * connections without auto-commit. Within a transaction they belong to it.
 */
public final class LogTemplate extends JdbcTemplate {

	private final LogTransactions transactions;

	/**
	 * Creates a template.
	 * @param pool the database
	 * @param transactions short transactions on it
	 */
	public LogTemplate(DataSource pool, LogTransactions transactions) {
		super(pool);
		this.transactions = transactions;
	}

	@Override
	public int update(String sql, @Nullable Object @Nullable ... arguments) {
		if (this.transactions.inProgress()) {
			return super.update(sql, arguments);
		}
		Integer updated = this.transactions.execute((status) -> super.update(sql, arguments));
		return (updated != null) ? updated : 0;
	}

}
