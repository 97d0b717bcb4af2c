package dev.busbar.bus.inbound;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a database that is away from one that answered with an error. One for all who
 * wait, so that the log says each change once. Safe for use by several threads.
 */
public final class DatabaseProbe {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseProbe.class);

	private final DataSource dataSource;

	private boolean away;

	/**
	 * Creates a probe.
	 * @param dataSource the application's database
	 */
	public DatabaseProbe(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/** Whether the database is away now; each change is said once. */
	public synchronized boolean away() {
		try (Connection connection = this.dataSource.getConnection()) {
			change(!connection.isValid(2), null);
		}
		catch (SQLException ex) {
			change(true, ex);
		}
		return this.away;
	}

	private void change(boolean now, @Nullable SQLException cause) {
		if (now && !this.away) {
			logger.warn("The database is away; handling waits, and nothing is acknowledged: {}",
					(cause != null) ? cause.getMessage() : "the connection is not valid");
		}
		else if (!now && this.away) {
			logger.info("The database is back; handling goes on");
		}
		this.away = now;
	}

}
