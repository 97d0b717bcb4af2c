package dev.busbar.store.archive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;

import dev.busbar.store.DeadLetter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads dead letters from rows of {@code busbar_dead_letter}.
 */
public final class LetterRows {

	// Not the application's own mapper, whose settings may change.
	private static final JsonMapper JSON = JsonMapper.builder().build();

	private LetterRows() {
	}

	/**
	 * Reads a whole row.
	 * @param row all columns
	 * @return the letter
	 * @throws SQLException if a column cannot be read
	 */
	public static DeadLetter letter(ResultSet row) throws SQLException {
		DeadLetter.Origin origin = new DeadLetter.Origin(row.getString("broker"), row.getString("destination"),
				row.getObject("partition_number", Integer.class), row.getObject("position_number", Long.class));
		return new DeadLetter(row.getObject("id", UUID.class), row.getString("consumer_group"),
				row.getString("handler"), row.getString("source"), row.getString("event_id"), row.getString("type"),
				row.getString("event_key"), headers(row, "headers"), row.getBytes("payload"),
				row.getString("exception"), row.getString("cause"), row.getInt("attempts"),
				instant(row, "first_failure"), instant(row, "last_failure"), origin);
	}

	static ArchivedLetter archived(ResultSet row) throws SQLException {
		return new ArchivedLetter(letter(row), ArchivedLetter.State.valueOf(row.getString("state")),
				row.getBytes("edited"), row.getString("edited_by"));
	}

	static Map<String, String> headers(ResultSet row, String column) throws SQLException {
		return JSON.readValue(row.getString(column), new TypeReference<>() {
		});
	}

	static Instant instant(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

}
