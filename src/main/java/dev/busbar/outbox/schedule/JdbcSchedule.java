package dev.busbar.outbox.schedule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.outbox.outgoing.OutgoingRows;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The schedule in {@code busbar_outgoing}.
 */
public final class JdbcSchedule implements Schedule {

	private static final String SELECT = """
			select number, event_id, source, type, stored, due from busbar_outgoing
			where application = ? and kind = 'EVENT'""";

	private static final String LIST = SELECT + """
			 and due > ? and (cast(? as varchar) is null or type = cast(? as varchar)) and number > ?
			order by number limit ?
			""";

	private static final String FIND = SELECT + """
			 and event_key between ? and ? and event_id = ?
				and (cast(? as varchar) is null or source = cast(? as varchar))
			order by number limit ?
			""";

	// Against a relay whose clock is ahead of ours.
	private static final String LOCK = """
			select slot from busbar_outgoing_slot where application = ? and slot in (select slot from busbar_outgoing
				where event_key = ? and kind = 'EVENT')
			order by slot for update
			""";

	private static final String CANCEL = "delete from busbar_outgoing where event_key = ? and kind = 'EVENT' and due > ?";

	private final JdbcTemplate jdbc;

	private final TransactionOperations transaction;

	private final String application;

	private final Clock clock;

	/**
	 * Creates a schedule.
	 * @param dataSource the application's database
	 * @param transaction its transactions
	 * @param application the consumer group
	 * @param clock tells whose time has come
	 */
	public JdbcSchedule(DataSource dataSource, TransactionOperations transaction, String application, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transaction = transaction;
		this.application = application;
		this.clock = clock;
	}

	@Override
	public List<WaitingEvent> list(@Nullable String type, long after, int limit) {
		String stored = (type != null) ? EventKeys.storable(type) : null;
		return this.jdbc.query(LIST, (row, index) -> event(row), EventKeys.storable(this.application), now(), stored,
				stored, after, limit);
	}

	@Override
	public List<WaitingEvent> find(String id, @Nullable String source, int limit) {
		String stored = (source != null) ? EventKeys.storable(source) : null;
		return this.jdbc.query(FIND, (row, index) -> event(row), EventKeys.storable(this.application),
				EventKeys.lowest(id), EventKeys.highest(id), EventKeys.storable(id), stored, stored, limit);
	}

	@Override
	public boolean cancel(String id, String source) {
		byte[] key = EventKeys.of(this.application, source, id);
		return Boolean.TRUE.equals(this.transaction.execute((status) -> {
			this.jdbc.queryForList(LOCK, Integer.class, EventKeys.storable(this.application), key);
			return this.jdbc.update(CANCEL, key, now()) > 0;
		}));
	}

	private static WaitingEvent event(ResultSet row) throws SQLException {
		Instant due = row.getObject("due", OffsetDateTime.class).toInstant();
		return new WaitingEvent(row.getLong("number"), row.getString("event_id"), row.getString("source"),
				row.getString("type"), row.getObject("stored", OffsetDateTime.class).toInstant(),
				due.equals(OutgoingRows.AT_ONCE) ? null : due);
	}

	private OffsetDateTime now() {
		return this.clock.instant().atOffset(ZoneOffset.UTC);
	}

}
