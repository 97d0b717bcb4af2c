package dev.busbar.egress.feed;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.StoreSchema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The feed in {@code busbar_feed}.
 */
public final class JdbcFeed implements Feed {

	/** As much as is read at once, unless a single event is larger. */
	private static final long PAGE_BYTES = 256 * 1024;

	/** As far as one query looks for events that pass a filter. */
	private static final long RANGE = 10_000;

	private static final String OLDEST = """
			select coalesce((select min(number) from busbar_feed where application = ?),
				(select last_number + 1 from busbar_feed_counter where application = ?), 1)
			""";

	private static final String BEFORE = """
			select number - 1 from busbar_feed where application = ? and added >= ? order by added, number limit 1
			""";

	private static final String SIZES = """
			select number, size from busbar_feed where application = ? and number > ? and number <= ?
			""";

	private static final String EVENTS = """
			select number, added, envelope, data, large_data from busbar_feed
			where application = ? and number = any(?) order by number
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final String application;

	private final FeedWatch watch;

	private final FeedAppender appender;

	// Rows must be read as they were written, so the application's own settings for JSON
	// have no say here.
	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	/**
	 * Creates the feed of an application.
	 * @param dataSource the application's database
	 * @param schema has made the tables
	 * @param application the application's name
	 * @param properties how often to look for events of other instances
	 * @param clock tells when events are added
	 */
	public JdbcFeed(DataSource dataSource, StoreSchema schema, String application, FeedProperties properties,
			Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.application = EventKeys.storable(application);
		this.watch = new FeedWatch(this::last, properties.pollInterval());
		this.appender = new FeedAppender(this.jdbc, this.planned, this.application, this.codec, clock);
	}

	/**
	 * Adds events in the running transaction, each once. Until it ends nobody else adds
	 * any.
	 * @param events events with their data as it came, in their order
	 * @return those that were not part of the feed yet; an event whose attributes
	 * CloudEvents forbids is left out
	 */
	public List<FeedEvent> add(List<Event<byte @Nullable []>> events) {
		return this.appender.add(events);
	}

	/**
	 * Wakes who follows the feed in this process; to be called after the commit.
	 * @param last the last number that was added
	 */
	public void committed(long last) {
		this.watch.raise(last);
	}

	@Override
	public long last() {
		return this.jdbc
			.queryForList("select last_number from busbar_feed_counter where application = ?", Long.class,
					this.application)
			.stream()
			.mapToLong(Long::longValue)
			.findFirst()
			.orElse(0);
	}

	@Override
	public long oldest() {
		Long oldest = this.jdbc.queryForObject(OLDEST, Long.class, this.application, this.application);
		return (oldest != null) ? oldest : 1;
	}

	@Override
	public long before(Instant time) {
		return this.jdbc.queryForList(BEFORE, Long.class, this.application, time(time))
			.stream()
			.mapToLong(Long::longValue)
			.findFirst()
			.orElseGet(this::last);
	}

	@Override
	public List<FeedEvent> read(long after, int limit) {
		return events(sizes(after, Long.MAX_VALUE, FeedFilter.ALL, limit));
	}

	@Override
	public FeedPage read(long after, FeedFilter filter, int limit) {
		long end = Math.min(last(), after + RANGE);
		List<Sized> sizes = sizes(after, end, filter, limit);
		List<Sized> some = some(sizes);
		List<FeedEvent> events = events(some);
		// After it was read: what is purged meanwhile would be missed silently.
		long oldest = oldest();
		if (oldest > after + 1) {
			throw new FeedPositionException(after, oldest, last());
		}
		boolean whole = some.size() == sizes.size() && sizes.size() < limit;
		return new FeedPage(events, whole ? Math.max(end, after) : some.get(some.size() - 1).number);
	}

	private List<Sized> sizes(long after, long end, FeedFilter filter, int limit) {
		StringBuilder sql = new StringBuilder(SIZES);
		List<Object> parameters = new ArrayList<>(List.of(this.application, after, end));
		like("type", filter.types(), sql, parameters);
		like("type", filter.readable().types(), sql, parameters);
		like("source", filter.readable().sources(), sql, parameters);
		in("partition_key", filter.keys(), sql, parameters);
		in("source", filter.sources(), sql, parameters);
		parameters.add(limit);
		return this.planned.query(sql.append(" order by number limit ?").toString(),
				(row, index) -> new Sized(row.getLong(1), row.getInt(2)), parameters.toArray());
	}

	private static void like(String column, TypePatterns patterns, StringBuilder sql, List<Object> parameters) {
		if (patterns.all()) {
			return;
		}
		List<String> like = patterns.like().stream().map(EventKeys::storable).toList();
		sql.append(" and (1 = 0").append(" or %s like ? escape '!'".formatted(column).repeat(like.size())).append(')');
		parameters.addAll(like);
	}

	private static void in(String column, Collection<String> values, StringBuilder sql, List<Object> parameters) {
		if (!values.isEmpty()) {
			sql.append(" and ").append(column).append(" = any(?)");
			parameters.add(new SqlArrayValue("varchar", values.stream().map(EventKeys::storable).toArray()));
		}
	}

	/** As many as are not too large together, but one. */
	private static List<Sized> some(List<Sized> all) {
		int count = 0;
		long bytes = 0;
		while (count < all.size() && (count == 0 || bytes + all.get(count).size <= PAGE_BYTES)) {
			bytes += all.get(count++).size;
		}
		return all.subList(0, count);
	}

	private List<FeedEvent> events(List<Sized> sizes) {
		List<Sized> some = some(sizes);
		return some.isEmpty() ? List.of() : this.planned.query(EVENTS, (row, index) -> event(row), this.application,
				new SqlArrayValue("int8", some.stream().map(Sized::number).toArray()));
	}

	private FeedEvent event(ResultSet row) throws SQLException {
		byte[] large = row.getBytes("large_data");
		byte @Nullable [] data = (large != null) ? large : row.getBytes("data");
		return new FeedEvent(row.getLong("number"), time(row, 2),
				this.codec.decode(row.getBytes("envelope")).withData(data));
	}

	@Override
	public Subscription onNews(LongConsumer subscriber) {
		return this.watch.subscribe(subscriber);
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	private static Instant time(ResultSet row, int column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	private record Sized(long number, int size) {

	}

}
