package dev.busbar.binder.jdbc.log;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import org.springframework.dao.support.DataAccessUtils;
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
		Map<Integer, Long> append(JdbcTemplate jdbc, List<Append> appends) {
			Map<Integer, Long> heads = new HashMap<>();
			Map<Integer, Long> next = new HashMap<>();
			Append.counts(appends).forEach((id, count) -> {
				Long head = DataAccessUtils.singleResult(jdbc.queryForList(ADVANCE, Long.class, count, id));
				if (head != null) {
					heads.put(id, head);
					next.put(id, LogKeys.key(id, head - count));
				}
			});
			// Once, and not for each record: H2 divides big decimals for it.
			Long now = jdbc.queryForObject("SELECT " + NOW, Long.class);
			String sql = "INSERT INTO busbar_log_record (id, stored_at, headers, payload) VALUES (?, ?, ?, ?)";
			jdbc.execute(sql, (PreparedStatement insert) -> {
				for (Append append : appends) {
					Long id = next.computeIfPresent(append.partitionId(), (partition, key) -> key + 1);
					if (id == null) {
						throw append.homeless();
					}
					insert.setLong(1, id - 1);
					insert.setObject(2, now);
					insert.setBytes(3, append.headers());
					insert.setBytes(4, append.payload());
					insert.addBatch();
				}
				return insert.executeBatch();
			});
			return heads;
		}

		@Override
		public int maxPayload() {
			return 1 << 20;
		}

		@Override
		<T> List<T> query(JdbcTemplate jdbc, String sql, LogRow.Reader<T> rows, Number... numbers) {
			// One text: H2 keeps what a connection has prepared, and goes through all it
			// keeps when a transaction changes a table for the first time.
			return jdbc.query(sql, (row, number) -> rows.read(LogRow.of(row)), (Object[]) numbers);
		}

		@Override
		void sync(JdbcTemplate jdbc) {
			jdbc.execute(H2Sync::sync);
		}

	},

	/** PostgreSQL: each statement is a round trip, so all partitions share one. */
	POSTGRESQL("postgresql") {

		@Override
		Map<Integer, Long> append(JdbcTemplate jdbc, List<Append> appends) {
			Map<Integer, Long> heads = PostgresqlAppend.run(jdbc, appends);
			for (Append append : appends) {
				if (!heads.containsKey(append.partitionId())) {
					throw append.homeless();
				}
			}
			return heads;
		}

		@Override
		public int maxPayload() {
			return 64 << 20;
		}

		@Override
		<T> List<T> query(JdbcTemplate jdbc, String sql, LogRow.Reader<T> rows, Number... numbers) {
			// What has parameters is soon prepared on the server, and PostgreSQL keeps
			// its plan until the table is analyzed: made while the log is empty, it reads
			// and sorts the whole log each time.
			StringBuilder text = new StringBuilder(sql);
			for (Number number : numbers) {
				int place = text.indexOf("?");
				text.replace(place, place + 1, number.toString());
			}
			return Objects.requireNonNull(
					jdbc.execute((Connection connection) -> PostgresqlCopy.query(connection, text.toString(), rows)));
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

	private static final String ADVANCE = "SELECT next_offset FROM FINAL TABLE (UPDATE busbar_log_partition"
			+ " SET next_offset = next_offset + ? WHERE id = ?)";

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
	 * Appends records: locks the counters of their partitions in the order of their ids,
	 * raises each, and gives the records the offsets between.
	 * @param jdbc runs in the publisher's transaction
	 * @param appends the records, in their order
	 * @return the new head of each partition: one past its last given offset
	 * @throws IllegalStateException if there is no such partition
	 */
	abstract Map<Integer, Long> append(JdbcTemplate jdbc, List<Append> appends);

	/**
	 * The largest payload that a record can hold.
	 * @return its bytes
	 */
	public abstract int maxPayload();

	/**
	 * Asks for records.
	 * @param jdbc the database
	 * @param sql a query with a question mark for each number
	 * @param rows what becomes of a row
	 * @param numbers numbers
	 * @return what came of the rows, in their order
	 */
	abstract <T> List<T> query(JdbcTemplate jdbc, String sql, LogRow.Reader<T> rows, Number... numbers);

	/** Forces what is committed to disk, where a commit does not. */
	abstract void sync(JdbcTemplate jdbc);

}
