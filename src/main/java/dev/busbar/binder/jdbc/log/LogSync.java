package dev.busbar.binder.jdbc.log;

import java.util.concurrent.atomic.AtomicLong;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Forces commits to disk. Publishers that commit while a sync runs share the next one.
 */
final class LogSync {

	private final JdbcTemplate jdbc;

	private final LogDialect dialect;

	private final AtomicLong asked = new AtomicLong();

	private final Object lock = new Object();

	private long synced;

	LogSync(JdbcTemplate jdbc, LogDialect dialect) {
		this.jdbc = jdbc;
		this.dialect = dialect;
	}

	void sync() {
		long mine = this.asked.incrementAndGet();
		synchronized (this.lock) {
			if (this.synced < mine) {
				long upTo = this.asked.get();
				this.dialect.sync(this.jdbc);
				this.synced = upTo;
			}
		}
	}

}
