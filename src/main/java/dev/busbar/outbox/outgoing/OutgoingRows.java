package dev.busbar.outbox.outgoing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.bus.Backlog;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Writes the rows of events for everyone in {@code busbar_outgoing}, and reads the events
 * in them. All methods join the running transaction.
 */
public final class OutgoingRows {

	/** The kind of a row that holds an event for everyone. */
	public static final String EVENT = "EVENT";

	/**
	 * When an event is due that is not scheduled: long ago, whatever the clock of the
	 * instance that looks.
	 */
	public static final Instant AT_ONCE = Instant.EPOCH;

	// What H2 holds in a VARBINARY is a mebibyte at most.
	private static final int LARGE = 1_000_000;

	// The increment of the sequence: numbers rise with each call, on every instance.
	private static final int RANGE = 1000;

	private static final String NEXT = "select nextval('busbar_outgoing_seq')";

	private static final String INSERT = """
			insert into busbar_outgoing (number, application, slot, kind, event_key, source, event_id, type, envelope,
				data, large_data, stored, due)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	// Rows must be read as they were written, so the application's own settings for JSON
	// have no say here.
	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	private final Clock clock;

	/**
	 * Creates a writer.
	 * @param dataSource the application's database
	 * @param clock tells when rows were stored
	 */
	public OutgoingRows(DataSource dataSource, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.clock = clock;
	}

	/**
	 * Stores events for everyone.
	 * @param application whose relay publishes them: the consumer group
	 * @param events the events with their encoded data, in their order
	 * @param due when they are to be published, null for at once
	 * @throws dev.busbar.event.EventFormatException if an attribute has a value that
	 * CloudEvents forbids
	 */
	public void add(String application, List<Event<byte @Nullable []>> events, @Nullable Instant due) {
		List<Object[]> rows = new ArrayList<>(events.size());
		OffsetDateTime now = time(this.clock.instant());
		OffsetDateTime time = time((due != null) ? due : AT_ONCE);
		long number = 0;
		for (Event<byte @Nullable []> event : events) {
			number = (rows.size() % RANGE == 0) ? nextRange() : number + 1;
			byte[] data = event.data();
			boolean large = data != null && data.length > LARGE;
			rows.add(new Object[] { number, EventKeys.storable(application), Backlog.slot(event), EVENT,
					EventKeys.of(application, event.source(), event.id()), EventKeys.storable(event.source()),
					EventKeys.storable(event.id()), EventKeys.storable(event.type()),
					this.codec.encode(envelope(event)), large ? null : data, large ? data : null, now, time });
		}
		if (!rows.isEmpty()) {
			this.jdbc.batchUpdate(INSERT, rows);
		}
	}

	private long nextRange() {
		Long next = this.jdbc.queryForObject(NEXT, Long.class);
		if (next == null) {
			throw new IllegalStateException("The sequence busbar_outgoing_seq gave no number");
		}
		return next;
	}

	// NullAway does not know that T of withData may be null.
	@SuppressWarnings("NullAway")
	private static Event<byte @Nullable []> envelope(Event<byte @Nullable []> event) {
		return event.withData(null);
	}

	/**
	 * The event of a row with the columns {@code envelope}, {@code data} and
	 * {@code large_data}.
	 * @param row the row
	 * @return the event as it was stored
	 * @throws SQLException if a column is missing
	 */
	public Event<byte @Nullable []> event(ResultSet row) throws SQLException {
		byte[] large = row.getBytes("large_data");
		byte @Nullable [] data = (large != null) ? large : row.getBytes("data");
		return this.codec.decode(row.getBytes("envelope")).withData(data);
	}

	/**
	 * Deletes rows.
	 * @param numbers their numbers
	 * @return how many there were
	 */
	public int delete(Collection<Long> numbers) {
		return numbers.isEmpty() ? 0 : this.planned.update("delete from busbar_outgoing where number = any(?)",
				new SqlArrayValue("int8", numbers.toArray()));
	}

	/** A time as the tables hold it. */
	static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

}
