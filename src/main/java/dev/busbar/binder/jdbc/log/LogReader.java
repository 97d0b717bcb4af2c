package dev.busbar.binder.jdbc.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads records. Offsets are dense and committed in order, so whatever lies below a
 * partition's head can be read, and nothing appears there later.
 */
public final class LogReader {

	private static final String SIZE = "(OCTET_LENGTH(headers) + OCTET_LENGTH(payload))";

	// Without a subquery, which H2 would keep in memory with all its payloads.
	private static final String IF_SMALL = "CASE WHEN " + SIZE + " <= ? THEN ";

	private static final String RANGE = " FROM busbar_log_record WHERE id >= ? AND id < ? ORDER BY id LIMIT ?";

	private static final String SIZES = "SELECT id, " + SIZE + ", " + IF_SMALL + "headers END, " + IF_SMALL
			+ "payload END" + RANGE;

	private static final String WHOLE = "SELECT id, headers, payload" + RANGE;

	private final JdbcTemplate jdbc;

	private final LogDialect dialect;

	/**
	 * Creates a reader.
	 * @param jdbc the database
	 * @param dialect its dialect
	 */
	public LogReader(JdbcTemplate jdbc, LogDialect dialect) {
		this.jdbc = jdbc;
		this.dialect = dialect;
	}

	/**
	 * Reads the records of a partition from an offset on. Records that are small by their
	 * own are read with their sizes in one statement; only if there is a large one among
	 * them, the sizes decide how far a second statement reads.
	 * @param partitionId the partition
	 * @param from the first offset
	 * @param limit how many at most
	 * @param maxBytes how large they may be together; a larger record comes alone
	 * @return the records in order; at least one if there is one
	 */
	public List<LogRecord> read(int partitionId, long from, int limit, long maxBytes) {
		long first = LogKeys.key(partitionId, from);
		long end = LogKeys.key(partitionId + 1, 0);
		long small = Math.max(1, maxBytes / limit);
		List<Sized> all = this.dialect.query(this.jdbc, SIZES,
				(row) -> new Sized(row.number(), row.number(), row.bytes(), row.bytes()), small, small, first, end,
				limit);
		List<LogRecord> complete = Sized.complete(all);
		if (complete.size() == all.size()) {
			return complete;
		}
		int count = 1;
		long bytes = all.get(0).size();
		while (count < all.size() && bytes + all.get(count).size() <= maxBytes) {
			bytes += all.get(count).size();
			count++;
		}
		return this.dialect.query(this.jdbc, WHOLE, (row) -> new LogRecord(LogKeys.offset(row.number()),
				Objects.requireNonNull(row.bytes()), Objects.requireNonNull(row.bytes())), first, end, count);
	}

	/**
	 * The heads of all partitions of all destinations, in one query.
	 * @return per partition, one past its last offset
	 */
	public Map<Integer, Long> heads() {
		Map<Integer, Long> heads = new HashMap<>();
		this.jdbc.query("SELECT id, next_offset FROM busbar_log_partition", (row) -> {
			heads.put(row.getInt(1), row.getLong(2));
		});
		return heads;
	}

	/**
	 * What the first statement tells of a record: all of a small one, the size of each.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Sized(long id, long size, byte @Nullable [] headers, byte @Nullable [] payload) {

		static List<LogRecord> complete(List<Sized> all) {
			List<LogRecord> complete = new ArrayList<>(all.size());
			for (Sized each : all) {
				if (each.headers != null && each.payload != null) {
					complete.add(new LogRecord(LogKeys.offset(each.id), each.headers, each.payload));
				}
			}
			return complete;
		}

	}

}
