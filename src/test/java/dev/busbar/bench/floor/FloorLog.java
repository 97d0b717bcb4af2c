package dev.busbar.bench.floor;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.bench.floor.Order.Result;
import org.apache.kafka.common.utils.Utils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends events to a destination of the log on one connection, for one thread.
 */
final class FloorLog {

	static final long PARTITION_SIZE = 1L << 40;

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final AtomicLong ASKED = new AtomicLong();

	private static final Object SYNC = new Object();

	private static long synced;

	private final Connection connection;

	private final boolean h2;

	private final List<Integer> out;

	FloorLog(Connection connection, String destination) throws SQLException {
		this.connection = connection;
		this.h2 = connection.getMetaData().getDatabaseProductName().equals("H2");
		this.out = partitions(connection, destination);
	}

	/** The counters are locked in one order, and last. */
	void append(List<Result> results) throws SQLException {
		TreeMap<Integer, List<Result>> byPartition = new TreeMap<>();
		for (Result result : results) {
			int number = Utils.toPositive(Utils.murmur2(result.key().getBytes(StandardCharsets.UTF_8)))
					% this.out.size();
			byPartition.computeIfAbsent(this.out.get(number), (each) -> new ArrayList<>()).add(result);
		}
		List<Long> ids = new ArrayList<>();
		List<byte[]> headers = new ArrayList<>();
		List<byte[]> payloads = new ArrayList<>();
		for (Map.Entry<Integer, List<Result>> partition : byPartition.entrySet()) {
			long next = partition.getKey() * PARTITION_SIZE + advance(partition.getKey(), partition.getValue().size());
			for (Result result : partition.getValue()) {
				Map<String, String> attributes = result.attributes("cloudEvents_");
				attributes.put("content-type", "application/json");
				ids.add(next++);
				headers.add(JSON.writeValueAsBytes(attributes));
				payloads.add(result.data());
			}
		}
		insert(ids, headers, payloads);
	}

	private void insert(List<Long> ids, List<byte[]> headers, List<byte[]> payloads) throws SQLException {
		String sql = "INSERT INTO busbar_log_record (id, stored_at, headers, payload) ";
		long now = System.currentTimeMillis();
		if (this.h2) {
			try (PreparedStatement insert = this.connection.prepareStatement(sql + "VALUES (?, ?, ?, ?)")) {
				for (int i = 0; i < ids.size(); i++) {
					insert.setLong(1, ids.get(i));
					insert.setLong(2, now);
					insert.setBytes(3, headers.get(i));
					insert.setBytes(4, payloads.get(i));
					insert.addBatch();
				}
				insert.executeBatch();
			}
			return;
		}
		try (PreparedStatement insert = this.connection.prepareStatement(
				sql + "SELECT id, ?, headers, payload FROM UNNEST(?, ?, ?) AS t (id, headers, payload)")) {
			insert.setLong(1, now);
			insert.setArray(2, this.connection.createArrayOf("int8", ids.toArray(Long[]::new)));
			insert.setArray(3, this.connection.createArrayOf("bytea", headers.toArray(byte[][]::new)));
			insert.setArray(4, this.connection.createArrayOf("bytea", payloads.toArray(byte[][]::new)));
			insert.executeUpdate();
		}
	}

	private long advance(int partition, int count) throws SQLException {
		try (PreparedStatement update = this.connection
			.prepareStatement("UPDATE busbar_log_partition SET next_offset = next_offset + ? WHERE id = ?");
				PreparedStatement query = this.connection
					.prepareStatement("SELECT next_offset FROM busbar_log_partition WHERE id = ?")) {
			update.setInt(1, count);
			update.setInt(2, partition);
			update.executeUpdate();
			query.setInt(1, partition);
			try (ResultSet row = query.executeQuery()) {
				row.next();
				return row.getLong(1) - count;
			}
		}
	}

	/** After the commit, on H2: those that wait share one sync. */
	void sync() throws SQLException {
		if (!this.h2) {
			return;
		}
		long mine = ASKED.incrementAndGet();
		synchronized (SYNC) {
			if (synced < mine) {
				long upTo = ASKED.get();
				try (Statement statement = this.connection.createStatement()) {
					statement.execute("CHECKPOINT SYNC");
				}
				synced = upTo;
			}
		}
	}

	/** The ids of the partitions of a destination. */
	static List<Integer> partitions(Connection connection, String destination) throws SQLException {
		List<Integer> ids = new ArrayList<>();
		try (PreparedStatement query = connection
			.prepareStatement("SELECT id FROM busbar_log_partition WHERE destination = ? ORDER BY number")) {
			query.setString(1, destination);
			try (ResultSet rows = query.executeQuery()) {
				while (rows.next()) {
					ids.add(rows.getInt(1));
				}
			}
		}
		return ids;
	}

}
