package dev.busbar.outbox;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.StoreSchema;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The outbox in {@code busbar_outbox}: the envelope in the CloudEvents JSON format, and
 * beside it the data byte for byte.
 */
final class JdbcOutbox implements Outbox {

	private static final String NEXT = "select nextval('busbar_outbox_seq')";

	private static final String INSERT = """
			insert into busbar_outbox (stored, published, handling, number, consumer_group, cause_key, cause_id, envelope,
				data, large_data)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	// The number of the first comes back; the driver's round trip for it alone costs as
	// much as the insert of some rows.
	private static final String INSERT_ALL = """
			with range as materialized (select nextval('busbar_outbox_seq') as first),
				added as (
					insert into busbar_outbox (stored, published, handling, number, consumer_group, cause_key,
						cause_id, envelope, data, large_data)
					select cast(? as timestamp with time zone), cast(? as timestamp with time zone),
						cast(? as bigint), range.first + o - 1, g, k, i, e, d, l
					from range, unnest(cast(? as varchar array), cast(? as bytea array), cast(? as varchar array),
						cast(? as bytea array), cast(? as bytea array), cast(? as bytea array))
						with ordinality as u(g, k, i, e, d, l, o))%s
			select first from range
			""";

	private static final String INSERT_PUBLISHED = INSERT_ALL.formatted("");

	private static final String INSERT_BLOCK = INSERT_ALL.formatted("""
			,
				block as (
					insert into busbar_outbox_block (first_number, consumer_group, size, stored)
					select range.first, cast(? as varchar), cast(? as integer), cast(? as timestamp with time zone)
					from range)""");

	// Also what the sweep has marked meanwhile, which costs less than to look for that.
	private static final String MARK = "update busbar_outbox set published = ? where number = any(?)";

	private static final String CLAIM = """
			select number, envelope, data, large_data, published, null as block, null as block_published
			from busbar_outbox where published is null and consumer_group = ? and stored < ? and number > ?
			order by number limit ? for update skip locked
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final OutboxRows rows;

	private final ResultRows results;

	private final OutboxBlocks blocks;

	private final StoreSchema schema;

	private final Clock clock;

	JdbcOutbox(DataSource dataSource, StoreSchema schema, CloudEvents codec, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.blocks = new OutboxBlocks(dataSource);
		this.schema = schema;
		this.rows = new OutboxRows(codec);
		this.results = new ResultRows(dataSource, schema, codec);
		this.clock = clock;
	}

	@Override
	public List<OutboxEntry> add(long handling, List<Result> results) {
		return add(handling, results, true);
	}

	@Override
	public void addPublished(long handling, List<Result> results) {
		add(handling, results, false);
	}

	private List<OutboxEntry> add(long handling, List<Result> results, boolean waiting) {
		checkGroup(results);
		List<OutboxEntry> entries = new ArrayList<>(results.size());
		for (int from = 0; from < results.size(); from += OutboxBlocks.SIZE) {
			List<Result> part = results.subList(from, Math.min(results.size(), from + OutboxBlocks.SIZE));
			long number = insert(handling, part, waiting);
			for (Result result : part) {
				entries.add(new OutboxEntry(number, result.event(), null));
				number++;
			}
		}
		return entries;
	}

	/**
	 * Stores as many as a block has, and returns the number of the first. What waits to
	 * be published says its block, as long as it has not been opened: the rows themselves
	 * are marked either way.
	 */
	private long insert(long handling, List<Result> results, boolean waiting) {
		List<@Nullable Object[]> rows = this.rows.of(results);
		OffsetDateTime now = time(this.clock.instant());
		String group = EventKeys.storable(results.get(0).group());
		if (this.schema.insertsTogether()) {
			@Nullable Object[] columns = joined(new Object[] { now, now, handling }, OutboxRows.columns(rows));
			return waiting ? number(INSERT_BLOCK, joined(columns, group, rows.size(), now))
					: number(INSERT_PUBLISHED, columns);
		}
		long first = number(NEXT);
		if (waiting) {
			this.blocks.add(first, group, rows.size(), now);
		}
		List<Object[]> numbered = new ArrayList<>(rows.size());
		for (int i = 0; i < rows.size(); i++) {
			numbered.add(joined(new Object[] { now, now, handling, first + i }, rows.get(i)));
		}
		this.jdbc.batchUpdate(INSERT, numbered);
		return first;
	}

	private static void checkGroup(List<Result> results) {
		if (results.stream().anyMatch((result) -> !result.group().equals(results.get(0).group()))) {
			throw new IllegalArgumentException("Results of several groups at once");
		}
	}

	private long number(String sql, @Nullable Object... parameters) {
		Long number = this.jdbc.queryForObject(sql, Long.class, parameters);
		if (number == null) {
			throw new IllegalStateException("The sequence busbar_outbox_seq gave no number");
		}
		return number;
	}

	private static @Nullable Object[] joined(@Nullable Object[] first, @Nullable Object... second) {
		@Nullable Object[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	@Override
	public void markPublished(Collection<Long> entries) {
		if (entries.isEmpty()) {
			return;
		}
		OffsetDateTime now = time(this.clock.instant());
		List<Long> single = this.blocks.mark(entries, now);
		if (!single.isEmpty()) {
			this.blocks.open(single, now);
			this.planned.update(MARK, now, new SqlArrayValue("int8", single.toArray()));
		}
	}

	@Override
	public List<OutboxEntry> unpublished(String group, Collection<? extends Event<?>> causes) {
		if (causes.isEmpty()) {
			return List.of();
		}
		return this.results
			.unpublished(causes.stream().map((cause) -> EventKeys.of(group, cause.source(), cause.id())).toList());
	}

	@Override
	public List<OutboxEntry> claimUnpublished(String group, Instant before, long after, int limit) {
		String stored = EventKeys.storable(group);
		this.blocks.openStale(stored, time(before), after, limit, time(this.clock.instant()));
		return this.jdbc.query(CLAIM, (row, number) -> this.rows.entry(row), stored, time(before), after, limit);
	}

	@Override
	public List<OutboxEntry> resultsOf(Collection<String> groups, String source, String id, int limit) {
		return this.results.envelopes(groups.stream().map((group) -> EventKeys.of(group, source, id)).toList(), limit);
	}

	@Override
	public List<OutboxEntry> wholeResultsOf(String group, String source, String id, int limit) {
		return this.results.whole(List.of(EventKeys.of(group, source, id)), limit);
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

}
