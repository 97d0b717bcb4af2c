package dev.busbar.store.outcome;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.busbar.store.PlannedTemplate;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Tells which events have ended, and how: in the inbox and among the dead letters, with
 * two queries for a thousand events. Safe for use by several threads.
 */
public final class Outcomes {

	private static final int CHUNK = 1000;

	private static final String REACHED = "select event_key, digest, state, reached from busbar_inbox where event_key = any(?)";

	private static final String LETTERS = """
			select letter_key, id, handler, exception, attempts from busbar_dead_letter where letter_key = any(?)
			""";

	private final JdbcTemplate jdbc;

	/**
	 * Looks into a database.
	 * @param dataSource the database, which has the store's tables
	 */
	public Outcomes(DataSource dataSource) {
		this.jdbc = new PlannedTemplate(dataSource);
	}

	/**
	 * Looks for what has become of events.
	 * @param events the events
	 * @return those that have ended. The others are still to come, or are tried again
	 */
	public Map<AwaitedEvent, Outcome> of(Collection<AwaitedEvent> events) {
		Map<AwaitedEvent, Outcome> found = new HashMap<>();
		List<AwaitedEvent> all = List.copyOf(events);
		for (int start = 0; start < all.size(); start += CHUNK) {
			look(all.subList(start, Math.min(start + CHUNK, all.size())), found);
		}
		return found;
	}

	private void look(List<AwaitedEvent> events, Map<AwaitedEvent, Outcome> found) {
		Map<String, Row> rows = new HashMap<>();
		this.jdbc.query(REACHED, (row) -> {
			rows.put(hex(row, 1),
					new Row(hex(row, 2), row.getString(3), row.getObject(4, OffsetDateTime.class).toInstant()));
		}, keys(events, AwaitedEvent::key));
		List<AwaitedEvent> perhapsDead = new ArrayList<>();
		for (AwaitedEvent event : events) {
			Row row = rows.get(event.key());
			if (row == null) {
				continue;
			}
			boolean itself = row.digest().equals(event.digest());
			if (itself && row.state().equals("HANDLED")) {
				found.put(event, new Outcome.Handled(row.time()));
			}
			else if (!itself || row.state().equals("DEAD")) {
				// Where another event has its id, it is to be a dead letter.
				perhapsDead.add(event);
			}
		}
		if (!perhapsDead.isEmpty()) {
			Map<String, Outcome> letters = new HashMap<>();
			this.jdbc.query(LETTERS, (row) -> {
				letters.put(hex(row, 1), new Outcome.Dead(row.getObject(2, UUID.class), row.getString(3),
						row.getString(4), row.getInt(5)));
			}, keys(perhapsDead, AwaitedEvent::letter));
			perhapsDead.forEach((event) -> {
				Outcome dead = letters.get(event.letter());
				if (dead != null) {
					found.put(event, dead);
				}
			});
		}
	}

	private static SqlArrayValue keys(List<AwaitedEvent> events, Function<AwaitedEvent, String> key) {
		return new SqlArrayValue("bytea",
				(Object[]) events.stream().map(key).distinct().map(HexFormat.of()::parseHex).toArray(byte[][]::new));
	}

	private static String hex(ResultSet row, int column) throws SQLException {
		return HexFormat.of().formatHex(row.getBytes(column));
	}

	/**
	 * What the inbox has under a key.
	 */
	private record Row(String digest, String state, Instant time) {

	}

}
