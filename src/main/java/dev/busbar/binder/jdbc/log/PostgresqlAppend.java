package dev.busbar.binder.jdbc.log;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Appends records on PostgreSQL in one statement, which raises the counters of their
 * partitions too: for a single record each round trip costs more than what it does. Each
 * form returns the partitions and their new heads. Only large ones take several
 * statements.
 */
final class PostgresqlAppend {

	/**
	 * How many bytes a statement takes at most, but for a single record. The driver makes
	 * one array of all payloads, and one of half a region of G1 or more (512 KB, with
	 * heaps below 4 GB) is a <a href=
	 * "https://docs.oracle.com/en/java/javase/17/gctuning/garbage-first-g1-garbage-collector1.html">humongous
	 * object</a>: with 5 MB at a time, the marking that these begin took a third of the
	 * processor time.
	 */
	static final int MOST_BYTES = 384 * 1024;

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
		List<Append> rest = appends;
		int first = fitting(rest);
		if (first < rest.size()) {
			// The counters are locked in the order of their partitions, as within a
			// statement.
			rest = new ArrayList<>(appends);
			rest.sort(Comparator.comparingInt(Append::partitionId));
			first = fitting(rest);
		}
		while (!rest.isEmpty()) {
			run(jdbc, rest.subList(0, first), head);
			rest = rest.subList(first, rest.size());
			first = fitting(rest);
		}
		return heads;
	}

	/** How many of the first records fit into a statement. */
	private static int fitting(List<Append> appends) {
		long bytes = 0;
		for (int i = 0; i < appends.size(); i++) {
			bytes += appends.get(i).headers().length + appends.get(i).payload().length;
			if (i > 0 && bytes > MOST_BYTES) {
				return i;
			}
		}
		return appends.size();
	}

	private static void run(JdbcTemplate jdbc, List<Append> appends, RowCallbackHandler head) {
		if (appends.size() == 1) {
			Append append = appends.get(0);
			jdbc.query(ONE_RECORD, head, append.partitionId(), append.headers(), append.payload());
			return;
		}
		SortedMap<Integer, Integer> counts = Append.counts(appends);
		jdbc.query((counts.size() > 1) ? SEVERAL_PARTITIONS : ONE_PARTITION,
				(statement) -> set(statement, counts, appends), head);
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
