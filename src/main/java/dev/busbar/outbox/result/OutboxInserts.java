package dev.busbar.outbox.result;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.outbox.result.Outbox.Result;
import dev.busbar.store.EventKeys;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.inbox.HandlingTimes;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Inserts results, as many as {@link #fitting fit} at a time, and returns the number of
 * the first. What waits to be published says its block, as long as it has not been
 * opened: the rows themselves are marked either way.
 */
final class OutboxInserts {

	/**
	 * How many bytes of data a statement takes at most, but for a single result. The
	 * driver makes one array of all, and one of half a region of G1 or more (512 KB, with
	 * heaps below 4 GB) is a <a href=
	 * "https://docs.oracle.com/en/java/javase/17/gctuning/garbage-first-g1-garbage-collector1.html">humongous
	 * object</a>: with 5 MB at a time, the marking that these begin took a third of the
	 * processor time.
	 */
	static final int MOST_BYTES = 384 * 1024;

	private static final String NEXT = "select nextval('busbar_outbox_seq')";

	private static final String INSERT = """
			insert into busbar_outbox (stored, published, handling, number, consumer_group, cause_key, cause_id, envelope,
				data, large_data)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	// The number of the first comes back; the driver's round trip for it alone costs as
	// much as the insert of some rows. So does one for what else a handling ends with.
	private static final String ADDED = """
			with range as materialized (select nextval('busbar_outbox_seq') as first),
				added as (
					insert into busbar_outbox (stored, published, handling, number, consumer_group, cause_key,
						cause_id, envelope, data, large_data)
					select cast(? as timestamp with time zone), cast(? as timestamp with time zone),
						cast(? as bigint), range.first + o - 1, g, k, i, e, d, l
					from range, unnest(cast(? as varchar array), cast(? as bytea array), cast(? as varchar array),
						cast(? as bytea array), cast(? as bytea array), cast(? as bytea array))
						with ordinality as u(g, k, i, e, d, l, o))""";

	private static final String BLOCK = """
			,
				block as (
					insert into busbar_outbox_block (first_number, consumer_group, size, stored)
					select range.first, cast(? as varchar), cast(? as integer), cast(? as timestamp with time zone)
					from range)""";

	private static final String TIMES = ",\n\ttimes as (" + HandlingTimes.INSERT + ")";

	private static final String MARK = ",\n\tmarked as (" + OutboxBlocks.MARK.strip() + " returning 1)";

	private static final String FIRST = "\nselect first, 0 from range";

	private static final String INSERT_PUBLISHED = ADDED + FIRST;

	private static final String INSERT_PUBLISHED_TIMES = ADDED + TIMES + FIRST;

	private static final String INSERT_WAITING = ADDED + BLOCK + FIRST;

	private static final String INSERT_TIMES = ADDED + BLOCK + TIMES + FIRST;

	private static final String INSERT_MARK = ADDED + BLOCK + TIMES + MARK
			+ "\nselect first, (select count(*) from marked) from range";

	private final JdbcTemplate jdbc;

	private final StoreSchema schema;

	private final OutboxRows rows;

	private final OutboxBlocks blocks;

	OutboxInserts(DataSource dataSource, StoreSchema schema, OutboxRows rows, OutboxBlocks blocks) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.schema = schema;
		this.rows = rows;
		this.blocks = blocks;
	}

	/**
	 * How many of the first results a statement takes: no more than a block has, and none
	 * that would make the array of their data large for the heap of the application.
	 */
	int fitting(List<Result> results) {
		int most = Math.min(results.size(), OutboxBlocks.SIZE);
		if (!this.schema.insertsTogether()) {
			return most;
		}
		long bytes = 0;
		for (int i = 0; i < most; i++) {
			byte[] data = results.get(i).event().data();
			bytes += (data != null) ? data.length : 0;
			if (i > 0 && bytes > MOST_BYTES) {
				return i;
			}
		}
		return most;
	}

	/** Results that are published already. */
	long published(long handling, List<Result> results, OffsetDateTime now) {
		return this.schema.insertsTogether() ? together(INSERT_PUBLISHED, columns(handling, results, now)).first()
				: oneByOne(handling, results, now, number());
	}

	/**
	 * Results that are published already, and with them how long the handlers took, where
	 * the database can.
	 */
	void published(long handling, List<Result> results, OffsetDateTime now, List<Long> micros) {
		together(INSERT_PUBLISHED_TIMES,
				joined(columns(handling, results, now), HandlingTimes.values(handling, micros, now)));
	}

	/** Results that wait to be published. */
	long waiting(long handling, List<Result> results, OffsetDateTime now) {
		if (this.schema.insertsTogether()) {
			return together(INSERT_WAITING, waitingColumns(handling, results, now)).first();
		}
		long first = number();
		this.blocks.add(first, group(results), results.size(), now);
		return oneByOne(handling, results, now, first);
	}

	/**
	 * Results that wait to be published, and with them how long the handlers took and the
	 * mark of a block, where the database can.
	 * @param mark the block that is published, null for none
	 * @return also whether the block was marked
	 */
	Inserted waiting(long handling, List<Result> results, OffsetDateTime now, List<Long> micros,
			OutboxBlocks.@Nullable Whole mark) {
		@Nullable Object[] values = joined(waitingColumns(handling, results, now), HandlingTimes.values(handling, micros, now));
		return (mark == null) ? together(INSERT_TIMES, values)
				: together(INSERT_MARK, joined(values, now, mark.first(), mark.size()));
	}

	private long oneByOne(long handling, List<Result> results, OffsetDateTime now, long first) {
		List<@Nullable Object[]> rows = this.rows.of(results);
		List<Object[]> numbered = new ArrayList<>(rows.size());
		for (int i = 0; i < rows.size(); i++) {
			numbered.add(joined(new Object[] { now, now, handling, first + i }, rows.get(i)));
		}
		this.jdbc.batchUpdate(INSERT, numbered);
		return first;
	}

	private @Nullable Object[] waitingColumns(long handling, List<Result> results, OffsetDateTime now) {
		return joined(columns(handling, results, now), group(results), results.size(), now);
	}

	private @Nullable Object[] columns(long handling, List<Result> results, OffsetDateTime now) {
		return joined(new Object[] { now, now, handling }, OutboxRows.columns(this.rows.of(results)));
	}

	private Inserted together(String sql, @Nullable Object... values) {
		return this.jdbc.query(sql, (row, index) -> new Inserted(row.getLong(1), row.getLong(2) > 0), values).get(0);
	}

	private long number() {
		Long number = this.jdbc.queryForObject(NEXT, Long.class);
		if (number == null) {
			throw new IllegalStateException("The sequence busbar_outbox_seq gave no number");
		}
		return number;
	}

	private static String group(List<Result> results) {
		return EventKeys.storable(results.get(0).group());
	}

	private static @Nullable Object[] joined(@Nullable Object[] first, @Nullable Object... second) {
		@Nullable Object[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	/**
	 * What an insert did.
	 *
	 * @param first the number of the first result
	 * @param marked whether the block was marked
	 */
	record Inserted(long first, boolean marked) {

	}

}
