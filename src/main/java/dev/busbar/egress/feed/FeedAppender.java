package dev.busbar.egress.feed;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Adds events to the feed in the running transaction, each once, under dense numbers.
 * Until it ends nobody else adds any: the counter's row is locked.
 */
final class FeedAppender {

	private static final Logger logger = LoggerFactory.getLogger(FeedAppender.class);

	// What H2 holds in a VARBINARY is a mebibyte at most.
	private static final int LARGE = 1_000_000;

	private static final String LOCK = """
			select last_number, last_added from busbar_feed_counter where application = ? for update
			""";

	private static final String KNOWN = "select event_key from busbar_feed where event_key = any(?)";

	private static final String ADD = """
			insert into busbar_feed (application, number, event_key, source, type, partition_key, size, added, envelope,
				data, large_data)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String COUNT = """
			update busbar_feed_counter set last_number = ?, last_added = ? where application = ?
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final String application;

	private final CloudEvents codec;

	private final Clock clock;

	FeedAppender(JdbcTemplate jdbc, JdbcTemplate planned, String application, CloudEvents codec, Clock clock) {
		this.jdbc = jdbc;
		this.planned = planned;
		this.application = application;
		this.codec = codec;
		this.clock = clock;
	}

	/**
	 * Adds events.
	 * @param events in their order
	 * @return those that were not part of the feed yet; an event whose attributes
	 * CloudEvents forbids is left out
	 */
	List<FeedEvent> add(List<Event<byte @Nullable []>> events) {
		Map<String, Row> rows = new LinkedHashMap<>();
		for (Event<byte @Nullable []> event : events) {
			byte[] key = EventKeys.of(this.application, event.source(), event.id());
			try {
				rows.putIfAbsent(hex(key), new Row(event, key, this.codec.encode(envelope(event))));
			}
			catch (EventFormatException ex) {
				// It would hold up its stream for good.
				logger.debug("Not in the feed: an event of the type '{}'", event.type(), ex);
			}
		}
		if (rows.isEmpty()) {
			return List.of();
		}
		Counter counter = lock();
		this.planned.query(KNOWN, (row) -> {
			rows.remove(hex(row.getBytes(1)));
		}, new SqlArrayValue("bytea", (Object[]) rows.values().stream().map(Row::key).toArray(byte[][]::new)));
		return rows.isEmpty() ? List.of() : insert(rows.values(), counter);
	}

	private Counter lock() {
		List<Counter> counters = this.jdbc.query(LOCK, (row, number) -> new Counter(row.getLong(1), time(row, 2)),
				this.application);
		if (counters.isEmpty()) {
			// Two that do this at the same time are a race, after which one tries again.
			Counter first = new Counter(0, Instant.EPOCH);
			this.jdbc.update("insert into busbar_feed_counter (application, last_number, last_added) values (?, 0, ?)",
					this.application, time(first.added));
			return first;
		}
		return counters.get(0);
	}

	private List<FeedEvent> insert(Collection<Row> rows, Counter counter) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MICROS);
		Instant added = now.isAfter(counter.added) ? now : counter.added;
		List<FeedEvent> all = new ArrayList<>(rows.size());
		List<Object[]> values = new ArrayList<>(rows.size());
		long number = counter.number;
		for (Row row : rows) {
			Event<byte @Nullable []> event = row.event;
			byte[] data = event.data();
			boolean large = data != null && data.length > LARGE;
			all.add(new FeedEvent(++number, added, event));
			values.add(new Object[] { this.application, number, row.key, EventKeys.storable(event.source()),
					EventKeys.storable(event.type()), (event.key() != null) ? EventKeys.storable(event.key()) : null,
					row.envelope.length + ((data != null) ? data.length : 0), time(added), row.envelope,
					large ? null : data, large ? data : null });
		}
		this.jdbc.batchUpdate(ADD, values);
		this.jdbc.update(COUNT, number, time(added), this.application);
		return all;
	}

	// NullAway does not know that T of withData may be null.
	@SuppressWarnings("NullAway")
	private static Event<byte @Nullable []> envelope(Event<byte @Nullable []> event) {
		return event.withData(null);
	}

	private static String hex(byte[] key) {
		return HexFormat.of().formatHex(key);
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	private static Instant time(ResultSet row, int column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	private record Counter(long number, Instant added) {

	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Row(Event<byte @Nullable []> event, byte[] key, byte[] envelope) {

	}

}
