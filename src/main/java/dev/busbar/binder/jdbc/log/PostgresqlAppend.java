package dev.busbar.binder.jdbc.log;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Appends records on PostgreSQL in one statement, which raises the counters of their
 * partitions too: for a single record each round trip costs more than what it does. Each
 * form returns the partitions and their new heads.
 */
final class PostgresqlAppend {

	// For a single record: it is planned in 0.09 ms, the others in 0.2 to 0.3.
	private static final String ONE_RECORD = """
			with advanced as (
				update busbar_log_partition set next_offset = next_offset + 1 where id = ?
				returning id, next_offset),
			added as (
				insert into busbar_log_record (id, stored_at, headers, payload)
				select id * %d + next_offset - 1, %s, ?, ? from advanced)
			select id, next_offset from advanced
			""".formatted(LogKeys.PARTITION_SIZE, LogDialect.NOW);

	private static final String ONE_PARTITION = statement("", "", "");

	// An update of several rows locks them in no order that it promises.
	private static final String SEVERAL_PARTITIONS = statement("""
			locked as materialized (
				select p.id from busbar_log_partition p join counted n on n.id = p.id order by p.id for update of p),
			""", ", locked l", " and l.id = p.id");

	private PostgresqlAppend() {
	}

	private static String statement(String locked, String from, String where) {
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
				""".formatted(locked, from, where, LogKeys.PARTITION_SIZE, LogDialect.NOW);
	}

	/**
	 * Appends records.
	 * @param jdbc runs in the publisher's transaction
	 * @param appends the records, in their order
	 * @return the new head of each partition that there is
	 */
	static Map<Integer, Long> run(JdbcTemplate jdbc, List<Append> appends) {
		Map<Integer, Long> heads = new HashMap<>();
		RowCallbackHandler head = (row) -> heads.put(row.getInt(1), row.getLong(2));
		if (appends.size() == 1) {
			Append append = appends.get(0);
			jdbc.query(ONE_RECORD, head, append.partitionId(), append.headers(), append.payload());
			return heads;
		}
		SortedMap<Integer, Integer> counts = Append.counts(appends);
		jdbc.query((counts.size() > 1) ? SEVERAL_PARTITIONS : ONE_PARTITION,
				(statement) -> set(statement, counts, appends), head);
		return heads;
	}

	private static void set(PreparedStatement statement, SortedMap<Integer, Integer> counts, List<Append> appends)
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
