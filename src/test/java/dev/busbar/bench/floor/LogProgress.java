package dev.busbar.bench.floor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that writes ten times a second how many results are in the log, with the time:
 * on H2 nobody else can look into the database.
 */
public final class LogProgress {

	/** How many results are in the log. */
	public static final String RESULTS = "SELECT SUM(next_offset) FROM busbar_log_partition"
			+ " WHERE destination = 'order.accepted'";

	private LogProgress() {
	}

	/** Starts the thread. */
	public static void start(Connections connections, String sql) {
		Thread thread = new Thread(() -> run(connections, sql), "progress");
		thread.setDaemon(true);
		thread.start();
	}

	private static void run(Connections connections, String sql) {
		while (true) {
			try (Connection connection = connections.open();
					PreparedStatement statement = connection.prepareStatement(sql)) {
				while (true) {
					try (ResultSet row = statement.executeQuery()) {
						row.next();
						write(row.getLong(1));
					}
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
				}
			}
			catch (SQLException | IOException ex) {
				// Not there yet, or no longer.
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
			}
		}
	}

	private static void write(long count) throws IOException {
		Path next = Files.writeString(Path.of("progress.next"), Long.toString(count));
		Files.move(next, Path.of("progress"), StandardCopyOption.ATOMIC_MOVE);
	}

	/** Opens connections. */
	@FunctionalInterface
	public interface Connections {

		/** Opens one. */
		Connection open() throws SQLException;

	}

}
