package dev.busbar.bench.load;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.busbar.bench.load.Observer.Results;

/**
 * Looks every two milliseconds which results are in the log, and less often after a
 * second without any.
 */
public final class LogObserver {

	private static final long PARTITION_SIZE = 1L << 40;

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

	private final Connection connection;

	private final Results results;

	private final Map<Integer, Long> positions = new TreeMap<>();

	private LogObserver(Connection connection, Results results) {
		this.connection = connection;
		this.results = results;
	}

	/**
	 * On H2, where nobody else can look into the database: starts a thread that writes
	 * what it sees, and when, into the file {@code observed}.
	 */
	public static void intoFile(Connections connections) {
		Thread thread = new Thread(() -> {
			try (Writer file = Files.newBufferedWriter(Path.of("observed"))) {
				while (true) {
					run(connections, (data, nanos) -> {
						file.write(Observer.number(data) + " " + nanos + "\n");
						file.flush();
					});
				}
			}
			catch (Exception ex) {
				ex.printStackTrace();
			}
		}, "observer");
		thread.setDaemon(true);
		thread.start();
	}

	/** Observes on one connection, until that ends. */
	static void run(Connections connections, Results results) throws Exception {
		try (Connection connection = connections.open()) {
			LogObserver observer = new LogObserver(connection, results);
			int looks = 0;
			while (true) {
				looks = observer.look() ? 0 : looks + 1;
				LockSupport.parkNanos((looks < 500) ? PAUSE : 25 * PAUSE);
			}
		}
	}

	private boolean look() throws SQLException, IOException {
		Map<Integer, Long> ends = new TreeMap<>();
		try (PreparedStatement query = this.connection
			.prepareStatement("SELECT id, next_offset FROM busbar_log_partition WHERE destination = 'order.accepted'");
				ResultSet rows = query.executeQuery()) {
			while (rows.next()) {
				ends.put(rows.getInt(1), rows.getLong(2));
			}
		}
		boolean found = false;
		for (Map.Entry<Integer, Long> end : ends.entrySet()) {
			long position = this.positions.getOrDefault(end.getKey(), 0L);
			if (end.getValue() > position) {
				read(end.getKey() * PARTITION_SIZE, position, end.getValue());
				this.positions.put(end.getKey(), end.getValue());
				found = true;
			}
		}
		return found;
	}

	private void read(long base, long from, long to) throws SQLException, IOException {
		try (PreparedStatement query = this.connection
			.prepareStatement("SELECT payload FROM busbar_log_record WHERE id >= ? AND id < ? ORDER BY id")) {
			query.setLong(1, base + from);
			query.setLong(2, base + to);
			try (ResultSet rows = query.executeQuery()) {
				long nanos = System.nanoTime();
				while (rows.next()) {
					this.results.seen(rows.getBytes(1), nanos);
				}
			}
		}
	}

	/** Opens connections. */
	@FunctionalInterface
	public interface Connections {

		/** Opens one. */
		Connection open() throws SQLException;

	}

}
