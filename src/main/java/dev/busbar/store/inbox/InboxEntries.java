package dev.busbar.store.inbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the inbox tells those who ask for an event by its id.
 */
final class InboxEntries {

	private static final String FIND = """
			select i.consumer_group, i.source, i.event_id, i.type, i.state, i.attempts, i.reached, i.place, i.cause_id,
				h.micros
			from busbar_inbox i left join busbar_handling h on h.number = i.handling
			where i.event_key between ? and ? and i.event_id = ?
				and (cast(? as varchar) is null or i.source = cast(? as varchar))
			order by i.reached, i.consumer_group limit ?
			""";

	private static final String SOURCES = """
			select distinct source from busbar_inbox where event_key between ? and ? and event_id = ?
			order by source limit ?
			""";

	private final JdbcTemplate jdbc;

	InboxEntries(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	List<InboxEntry> find(String id, @Nullable String source, int limit) {
		String stored = (source != null) ? EventKeys.storable(source) : null;
		return this.jdbc.query(FIND, (row, number) -> entry(row), EventKeys.lowest(id), EventKeys.highest(id),
				EventKeys.storable(id), stored, stored, limit);
	}

	List<String> sources(String id, int limit) {
		return this.jdbc.queryForList(SOURCES, String.class, EventKeys.lowest(id), EventKeys.highest(id),
				EventKeys.storable(id), limit);
	}

	private static InboxEntry entry(ResultSet row) throws SQLException {
		String micros = row.getString("micros");
		Duration duration = (micros != null)
				? Duration.ofNanos(1000 * Long.parseLong(micros.split(",", -1)[row.getInt("place")])) : null;
		Instant reached = row.getObject("reached", OffsetDateTime.class).toInstant();
		return new InboxEntry(row.getString("consumer_group"), row.getString("source"), row.getString("event_id"),
				row.getString("type"), InboxEntry.State.valueOf(row.getString("state")), row.getInt("attempts"),
				reached, duration, row.getString("cause_id"));
	}

}
