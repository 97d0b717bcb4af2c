package dev.busbar.binder.jdbc.log;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Appends records on PostgreSQL in one statement, which raises the counters of their
 * partitions too: for a single record each round trip costs more than what it does.
 */
final class PostgresqlAppend {

	/** Takes what {@link #set} sets, and returns the partitions and their new heads. */
	static final String TO_ONE = statement("");

	/**
	 * The same, for several partitions: an update of several rows locks them in no order
	 * that it promises.
	 */
	static final String TO_SEVERAL = statement("""
			locked as materialized (
				select p.id from busbar_log_partition p join counted n on n.id = p.id order by p.id for update of p),
			""");

	private PostgresqlAppend() {
	}

	private static String statement(String locked) {
		return """
				with counted as materialized (
					select * from unnest(?, ?) as n (id, records)),
				%sadvanced as (
					update busbar_log_partition p set next_offset = p.next_offset + n.records
					from counted n%s where p.id = n.id%s
					returning p.id, p.next_offset, n.records),
				added as (
					insert into busbar_log_record (id, stored_at, headers, payload)
					select a.id * %d + a.next_offset - a.records + r.place, %s, r.headers, r.payload
					from unnest(?, ?, ?, ?) as r (partition_id, place, headers, payload)
						join advanced a on a.id = r.partition_id)
				select id, next_offset from advanced
				""".formatted(locked, locked.isEmpty() ? "" : ", locked l", locked.isEmpty() ? "" : " and l.id = p.id",
				LogKeys.PARTITION_SIZE, LogDialect.NOW);
	}

	/**
	 * Sets the parameters.
	 * @param statement {@link #TO_ONE} or {@link #TO_SEVERAL}
	 * @param counts how many records each partition gets
	 * @param appends the records
	 */
	static void set(PreparedStatement statement, SortedMap<Integer, Integer> counts, List<Append> appends)
			throws SQLException {
		Integer[] partitions = new Integer[appends.size()];
		Integer[] places = new Integer[partitions.length];
		byte[][] headers = new byte[partitions.length][];
		byte[][] payloads = new byte[partitions.length][];
		Map<Integer, Integer> next = new HashMap<>();
		for (int i = 0; i < partitions.length; i++) {
			Append append = appends.get(i);
			partitions[i] = append.partitionId();
			places[i] = next.merge(append.partitionId(), 1, Integer::sum) - 1;
			headers[i] = append.headers();
			payloads[i] = append.payload();
		}
		Connection connection = statement.getConnection();
		statement.setArray(1, integers(connection, counts.keySet().toArray()));
		statement.setArray(2, integers(connection, counts.values().toArray()));
		statement.setArray(3, integers(connection, partitions));
		statement.setArray(4, integers(connection, places));
		statement.setArray(5, connection.createArrayOf("bytea", headers));
		statement.setArray(6, connection.createArrayOf("bytea", payloads));
	}

	private static Array integers(Connection connection, Object[] values) throws SQLException {
		return connection.createArrayOf("integer", values);
	}

}
