package dev.busbar.binder.jdbc.log;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * What the databases do differently.
 */
public enum LogDialect {

	/** H2: calls are cheap, so partitions are locked one by one. */
	H2("h2") {

		@Override
		Map<Integer, Long> advance(JdbcTemplate jdbc, SortedMap<Integer, Integer> counts) {
			Map<Integer, Long> heads = new HashMap<>();
			counts.forEach((id, count) -> heads.put(id, jdbc.queryForObject(
					"SELECT next_offset FROM FINAL TABLE (UPDATE busbar_log_partition SET next_offset = next_offset + ?"
							+ " WHERE id = ?)",
					Long.class, count, id)));
			return heads;
		}

		@Override
		void insert(JdbcTemplate jdbc, long[] ids, List<byte[]> headers, List<byte[]> payloads) {
			// Once, and not for each record: H2 divides big decimals for it.
			Long now = jdbc.queryForObject("SELECT " + NOW, Long.class);
			String sql = "INSERT INTO busbar_log_record (id, stored_at, headers, payload) VALUES (?, ?, ?, ?)";
			jdbc.execute(sql, (PreparedStatement insert) -> {
				for (int i = 0; i < ids.length; i++) {
					insert.setLong(1, ids[i]);
					insert.setObject(2, now);
					insert.setBytes(3, headers.get(i));
					insert.setBytes(4, payloads.get(i));
					insert.addBatch();
				}
				return insert.executeBatch();
			});
		}

		@Override
		public int maxPayload() {
			return 1 << 20;
		}

		@Override
		void sync(JdbcTemplate jdbc) {
			jdbc.execute("CHECKPOINT SYNC");
		}

	},

	/** PostgreSQL: each statement is a round trip, so all partitions share each. */
	POSTGRESQL("postgresql") {

		@Override
		Map<Integer, Long> advance(JdbcTemplate jdbc, SortedMap<Integer, Integer> counts) {
			Map<Integer, Long> heads = new HashMap<>();
			Object[] ids = counts.keySet().toArray();
			if (ids.length > 1) {
				// An UPDATE of several rows locks them in no order that it promises.
				update(jdbc, "SELECT id FROM busbar_log_partition WHERE id = ANY (?) ORDER BY id FOR UPDATE", ids);
			}
			jdbc.execute((Connection connection) -> connection
				.prepareStatement("UPDATE busbar_log_partition p SET next_offset = p.next_offset + n.count"
						+ " FROM unnest(?, ?) AS n (id, count) WHERE p.id = n.id RETURNING p.id, p.next_offset"),
					(PreparedStatement update) -> {
						update.setArray(1, update.getConnection().createArrayOf("integer", ids));
						update.setArray(2, update.getConnection().createArrayOf("integer", counts.values().toArray()));
						try (var rows = update.executeQuery()) {
							while (rows.next()) {
								heads.put(rows.getInt(1), rows.getLong(2));
							}
						}
						return heads;
					});
			return heads;
		}

		@Override
		void insert(JdbcTemplate jdbc, long[] ids, List<byte[]> headers, List<byte[]> payloads) {
			jdbc.execute(
					"INSERT INTO busbar_log_record (id, stored_at, headers, payload) SELECT n.id, " + NOW
							+ ", n.headers, n.payload FROM unnest(?, ?, ?) AS n (id, headers, payload)",
					(PreparedStatement insert) -> {
						Connection connection = insert.getConnection();
						insert.setArray(1, connection.createArrayOf("bigint", box(ids)));
						insert.setArray(2, connection.createArrayOf("bytea", headers.toArray(byte[][]::new)));
						insert.setArray(3, connection.createArrayOf("bytea", payloads.toArray(byte[][]::new)));
						return insert.executeUpdate();
					});
		}

		@Override
		public int maxPayload() {
			return 64 << 20;
		}

		@Override
		void sync(JdbcTemplate jdbc) {
			// A commit is synced by PostgreSQL itself.
		}

	};

	/**
	 * The database's clock in milliseconds: the only clock that leases, heartbeats and
	 * retention know, so that instances with different clocks agree.
	 */
	static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";

	private final String vendor;

	LogDialect(String vendor) {
		this.vendor = vendor;
	}

	String vendor() {
		return this.vendor;
	}

	/**
	 * The dialect of a database.
	 * @param dataSource the database
	 * @return its dialect
	 * @throws IllegalStateException if the log does not run on it
	 */
	public static LogDialect of(DataSource dataSource) {
		String product;
		try {
			product = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::getDatabaseProductName);
		}
		catch (MetaDataAccessException ex) {
			throw new IllegalStateException("The database of the jdbc binder cannot be reached", ex);
		}
		return switch (product) {
			case "H2" -> H2;
			case "PostgreSQL" -> POSTGRESQL;
			default -> throw new IllegalStateException("The jdbc binder found the database '" + product
					+ "'; it runs on H2 and PostgreSQL. Set spring.datasource.url to one of these, or choose "
					+ "another broker.");
		};
	}

	/**
	 * Gives offsets: locks the partitions' counters in the map's order and raises each.
	 * @param jdbc runs in the publisher's transaction
	 * @param counts how many records each partition gets
	 * @return the new head of each partition: one past its last given offset
	 */
	abstract Map<Integer, Long> advance(JdbcTemplate jdbc, SortedMap<Integer, Integer> counts);

	abstract void insert(JdbcTemplate jdbc, long[] ids, List<byte[]> headers, List<byte[]> payloads);

	/**
	 * The largest payload that a record can hold.
	 * @return its bytes
	 */
	public abstract int maxPayload();

	abstract void sync(JdbcTemplate jdbc);

	private static void update(JdbcTemplate jdbc, String sql, Object[] ids) {
		jdbc.execute(sql, (PreparedStatement select) -> {
			select.setArray(1, select.getConnection().createArrayOf("integer", ids));
			return select.execute();
		});
	}

	private static Object[] box(long[] values) throws SQLException {
		Object[] boxed = new Object[values.length];
		for (int i = 0; i < values.length; i++) {
			boxed[i] = values[i];
		}
		return boxed;
	}

}
