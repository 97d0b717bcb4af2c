package dev.busbar.bus.inbound;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

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

	/**
	 * Whether the database is away now, or cannot write, as with a full disk; each change
	 * is said once.
	 */
	public synchronized boolean away() {
		try (Connection connection = this.dataSource.getConnection()) {
			boolean valid = connection.isValid(2);
			if (valid) {
				write(connection);
			}
			change(!valid, null);
		}
		catch (SQLException ex) {
			change(true, ex);
		}
		return this.away;
	}

	/** Writes and leaves nothing. */
	private static void write(Connection connection) throws SQLException {
		connection.setAutoCommit(false);
		String name = "probe-" + UUID.randomUUID();
		try (PreparedStatement insert = connection.prepareStatement(
				"insert into busbar_lease (name, owner, epoch, expires) values (?, ?, 0, current_timestamp)");
				PreparedStatement delete = connection.prepareStatement("delete from busbar_lease where name = ?")) {
			insert.setString(1, name);
			insert.setObject(2, UUID.randomUUID());
			insert.executeUpdate();
			delete.setString(1, name);
			delete.executeUpdate();
			connection.commit();
		}
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
