package dev.busbar.store.letter;

import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.busbar.store.EventKeys;
import dev.busbar.store.retention.Purge;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Removes dead letters that have ended, with what people did with them, and has the inbox
 * forget their events: an event is remembered as dead as long as a letter of it is there.
 */
public final class EndedLetters implements Purge.Chunk {

	private static final String ENDED = """
			select id, consumer_group, source, event_id from busbar_dead_letter
			where ended < ? and state in ('REPLAYED', 'DISCARDED') order by ended limit ? for update skip locked
			""";

	private static final String OTHERS = """
			select l.consumer_group, l.source, l.event_id from busbar_dead_letter l
			join unnest(cast(? as bytea array), cast(? as bytea array)) as u(lowest, highest)
				on l.letter_key between u.lowest and u.highest
			where l.source is not null and l.event_id is not null
			""";

	private static final String FORGET = "delete from busbar_inbox where state = 'DEAD' and event_key = any(?)";

	@Override
	public int remove(JdbcOperations jdbc, OffsetDateTime before, int limit) {
		List<Ended> ended = jdbc.query(ENDED, (row, number) -> new Ended(row.getObject("id", UUID.class),
				row.getString("consumer_group"), row.getString("source"), row.getString("event_id")), before, limit);
		if (ended.isEmpty()) {
			return 0;
		}
		jdbc.update("delete from busbar_dead_letter where id = any(?)",
				new SqlArrayValue("uuid", ended.stream().map(Ended::id).toArray()));
		forget(jdbc, ended);
		return ended.size();
	}

	private static void forget(JdbcOperations jdbc, List<Ended> ended) {
		Set<String> keys = new HashSet<>();
		Set<String> ids = new HashSet<>();
		for (Ended letter : ended) {
			if (letter.source() != null && letter.eventId() != null) {
				keys.add(key(letter.group(), letter.source(), letter.eventId()));
				ids.add(letter.eventId());
			}
		}
		if (keys.isEmpty()) {
			return;
		}
		// Another payload under the same id is another letter.
		jdbc.query(OTHERS, (row) -> {
			keys.remove(key(row.getString("consumer_group"), row.getString("source"), row.getString("event_id")));
		}, bytes(ids.stream().map(EventKeys::lowest).toArray(byte[][]::new)),
				bytes(ids.stream().map(EventKeys::highest).toArray(byte[][]::new)));
		jdbc.update(FORGET, bytes(keys.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new)));
	}

	private static String key(String group, String source, String eventId) {
		return HexFormat.of().formatHex(EventKeys.of(group, source, eventId));
	}

	private static SqlArrayValue bytes(byte[][] values) {
		return new SqlArrayValue("bytea", (Object[]) values);
	}

	private record Ended(UUID id, String group, @Nullable String source, @Nullable String eventId) {

	}

}
