package dev.busbar.bench.floor;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.busbar.bench.load.LogObserver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The floor of the embedded broker: plain JDBC on the same tables of the log, in the same
 * database. A thread and a connection per partition, one transaction per batch with
 * inbox, state, results and position; on H2 a sync for each commit, which those share
 * that wait for one.
 */
public final class FloorEmbedded {

	private static final String MOST = "500";

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Connection connection;

	private final FloorTables tables;

	private final FloorLog log;

	private final int in;

	private final int batch;

	private FloorEmbedded(Connection connection, int number, Map<String, String> settings) throws SQLException {
		this.connection = connection;
		connection.setAutoCommit(false);
		this.tables = new FloorTables(connection, settings);
		this.batch = Integer.parseInt(settings.getOrDefault("batch", MOST));
		this.log = new FloorLog(connection, "order.accepted");
		this.in = FloorLog.partitions(connection, "order.placed").get(number);
	}

	public static void main(String[] args) throws Exception {
		Map<String, String> settings = Settings.of(args);
		String url = Settings.get(settings, "database");
		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement()) {
			FloorTables.create(connection);
			statement.execute("CREATE TABLE floor_position (partition_id INTEGER NOT NULL PRIMARY KEY,"
					+ " position BIGINT NOT NULL, epoch BIGINT NOT NULL)");
			statement.execute("INSERT INTO floor_position SELECT id, 0, 1 FROM busbar_log_partition");
		}
		if (url.contains(":h2:")) {
			LogProgress.start(() -> DriverManager.getConnection(url), LogProgress.RESULTS);
			LogOrders.onRequest(() -> DriverManager.getConnection(url));
			if (settings.containsKey("observe")) {
				LogObserver.intoFile(() -> DriverManager.getConnection(url));
			}
		}
		Workers.start(Integer.parseInt(Settings.get(settings, "partitions")), (partition) -> {
			try (Connection connection = DriverManager.getConnection(url)) {
				new FloorEmbedded(connection, partition, settings).run();
			}
		});
	}

	private void run() throws SQLException {
		long position = 0;
		int looks = 0;
		while (Workers.running()) {
			List<Order> orders = LogOrders.storing() ? List.of() : read(position);
			if (orders.isEmpty()) {
				this.connection.rollback();
				// After a second seldom, while others are measured.
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos((looks++ < 100) ? 10 : 100));
				continue;
			}
			looks = 0;
			List<Order> fresh = this.tables.admit(orders);
			this.tables.state(fresh);
			this.log.append(fresh.stream().map(Order::accept).toList());
			position += orders.size();
			move(position);
			this.connection.commit();
			this.log.sync();
		}
	}

	private List<Order> read(long position) throws SQLException {
		List<Order> orders = new ArrayList<>();
		try (PreparedStatement query = this.connection.prepareStatement(
				"SELECT headers, payload FROM busbar_log_record WHERE id >= ? AND id < ? ORDER BY id LIMIT "
						+ this.batch)) {
			query.setLong(1, this.in * FloorLog.PARTITION_SIZE + position);
			query.setLong(2, (this.in + 1) * FloorLog.PARTITION_SIZE);
			try (ResultSet rows = query.executeQuery()) {
				while (rows.next()) {
					JsonNode headers = JSON.readTree(rows.getBytes(1));
					orders.add(Order.read(headers.required("cloudEvents_id").asString(), rows.getBytes(2)));
				}
			}
		}
		return orders;
	}

	private void move(long position) throws SQLException {
		try (PreparedStatement update = this.connection
			.prepareStatement("UPDATE floor_position SET position = ? WHERE partition_id = ? AND epoch = 1")) {
			update.setLong(1, position);
			update.setInt(2, this.in);
			if (update.executeUpdate() != 1) {
				throw new SQLException("Another one has the partition");
			}
		}
	}

}
