package dev.busbar.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
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

	// What H2 holds in a VARBINARY is a mebibyte at most.
	private static final int LARGE = 1_000_000;

	// The increment of the sequence: numbers rise with each call, on every instance.
	private static final int RANGE = 1000;

	private static final String NEXT = "select nextval('busbar_outbox_seq')";

	private static final String INSERT = """
			insert into busbar_outbox (stored, published, number, consumer_group, cause_key, cause_id, envelope, data,
				large_data)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	// The number of the first comes back; the driver's round trip for it alone costs as
	// much as the insert of some rows.
	private static final String INSERT_ALL = """
			with range as materialized (select nextval('busbar_outbox_seq') as first),
				added as (
					insert into busbar_outbox (stored, published, number, consumer_group, cause_key, cause_id,
						envelope, data, large_data)
					select cast(? as timestamp with time zone), cast(? as timestamp with time zone),
						range.first + o - 1, g, k, i, e, d, l
					from range, unnest(cast(? as varchar array), cast(? as bytea array), cast(? as varchar array),
						cast(? as bytea array), cast(? as bytea array), cast(? as bytea array))
						with ordinality as u(g, k, i, e, d, l, o))
			select first from range
			""";

	/** The columns of {@link #row}. */
	private static final List<String> ARRAYS = List.of("varchar", "bytea", "varchar", "bytea", "bytea", "bytea");

	// Also what the sweep has marked meanwhile, which costs less than to look for that.
	private static final String MARK = "update busbar_outbox set published = ? where number = any(?)";

	private static final String SELECT = "select number, envelope, data, large_data, published from busbar_outbox";

	private static final String UNPUBLISHED = SELECT
			+ " where cause_key = any(?) and published is null order by number";

	private static final String RESULTS = "select number, envelope, null as data, null as large_data, published"
			+ " from busbar_outbox where cause_key = any(?) order by number limit ?";

	private static final String WHOLE_RESULTS = SELECT + " where cause_key = ? order by number limit ?";

	private static final String CLAIM = SELECT
			+ " where published is null and consumer_group = ? and stored < ? and number > ?"
			+ " order by number limit ? for update skip locked";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final CloudEvents codec;

	private final StoreSchema schema;

	private final Clock clock;

	JdbcOutbox(DataSource dataSource, StoreSchema schema, CloudEvents codec, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.schema = schema;
		this.codec = codec;
		this.clock = clock;
	}

	@Override
	public List<OutboxEntry> add(List<Result> results) {
		return add(results, null);
	}

	@Override
	public void addPublished(List<Result> results) {
		add(results, time(this.clock.instant()));
	}

	private List<OutboxEntry> add(List<Result> results, @Nullable OffsetDateTime published) {
		List<OutboxEntry> entries = new ArrayList<>(results.size());
		for (int from = 0; from < results.size(); from += RANGE) {
			List<Result> part = results.subList(from, Math.min(results.size(), from + RANGE));
			long number = insert(part, published);
			for (Result result : part) {
				entries.add(new OutboxEntry(number, result.event(), null));
				number++;
			}
		}
		return entries;
	}

	/** Stores as many as a range of numbers has, and returns the number of the first. */
	private long insert(List<Result> results, @Nullable OffsetDateTime published) {
		List<@Nullable Object[]> rows = results.stream().map(this::row).toList();
		OffsetDateTime now = time(this.clock.instant());
		if (this.schema.insertsTogether()) {
			return number(INSERT_ALL, with(columns(rows), now, published));
		}
		long first = number(NEXT);
		List<Object[]> numbered = new ArrayList<>(rows.size());
		for (int i = 0; i < rows.size(); i++) {
			numbered.add(with(rows.get(i), now, published, first + i));
		}
		this.jdbc.batchUpdate(INSERT, numbered);
		return first;
	}

	private long number(String sql, @Nullable Object... parameters) {
		Long number = this.jdbc.queryForObject(sql, Long.class, parameters);
		if (number == null) {
			throw new IllegalStateException("The sequence busbar_outbox_seq gave no number");
		}
		return number;
	}

	private static @Nullable Object[] columns(List<@Nullable Object[]> rows) {
		@Nullable Object[] columns = new Object[ARRAYS.size()];
		for (int i = 0; i < columns.length; i++) {
			int column = i;
			String type = ARRAYS.get(i);
			// PostgreSQL's driver takes bytes in an array of their own type only.
			columns[i] = new SqlArrayValue(type,
					rows.stream()
						.map((row) -> row[column])
						.toArray(type.equals("bytea") ? byte[][]::new : Object[]::new));
		}
		return columns;
	}

	private static @Nullable Object[] with(@Nullable Object[] row, @Nullable Object... before) {
		@Nullable Object[] all = Arrays.copyOf(before, before.length + row.length);
		System.arraycopy(row, 0, all, before.length, row.length);
		return all;
	}

	private @Nullable Object[] row(Result result) {
		Event<?> cause = result.cause();
		byte[] data = result.event().data();
		boolean large = data != null && data.length > LARGE;
		return new @Nullable Object[] { EventKeys.storable(result.group()),
				EventKeys.of(result.group(), cause.source(), cause.id()), EventKeys.storable(cause.id()),
				this.codec.encode(envelope(result.event())), large ? null : data, large ? data : null };
	}

	// NullAway does not know that T of withData may be null.
	@SuppressWarnings("NullAway")
	private static Event<byte @Nullable []> envelope(Event<byte @Nullable []> event) {
		return event.withData(null);
	}

	@Override
	public void markPublished(Collection<Long> entries) {
		if (!entries.isEmpty()) {
			this.planned.update(MARK, time(this.clock.instant()), new SqlArrayValue("int8", entries.toArray()));
		}
	}

	@Override
	public List<OutboxEntry> unpublished(String group, Collection<? extends Event<?>> causes) {
		if (causes.isEmpty()) {
			return List.of();
		}
		Object[] keys = causes.stream()
			.map((cause) -> EventKeys.of(group, cause.source(), cause.id()))
			.toArray(byte[][]::new);
		return this.planned.query(UNPUBLISHED, (row, number) -> entry(row), new SqlArrayValue("bytea", keys));
	}

	@Override
	public List<OutboxEntry> claimUnpublished(String group, Instant before, long after, int limit) {
		return this.jdbc.query(CLAIM, (row, number) -> entry(row), EventKeys.storable(group), time(before), after,
				limit);
	}

	@Override
	public List<OutboxEntry> resultsOf(Collection<String> groups, String source, String id, int limit) {
		Object[] keys = groups.stream().map((group) -> EventKeys.of(group, source, id)).toArray(byte[][]::new);
		return this.planned.query(RESULTS, (row, number) -> entry(row), new SqlArrayValue("bytea", keys), limit);
	}

	@Override
	public List<OutboxEntry> wholeResultsOf(String group, String source, String id, int limit) {
		return this.jdbc.query(WHOLE_RESULTS, (row, number) -> entry(row), EventKeys.of(group, source, id), limit);
	}

	private OutboxEntry entry(ResultSet row) throws SQLException {
		byte[] large = row.getBytes("large_data");
		byte @Nullable [] data = (large != null) ? large : row.getBytes("data");
		OffsetDateTime published = row.getObject("published", OffsetDateTime.class);
		return new OutboxEntry(row.getLong("number"), this.codec.decode(row.getBytes("envelope")).withData(data),
				(published != null) ? published.toInstant() : null);
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

}
