package dev.busbar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.store.archive.LetterRows;
import dev.busbar.store.letter.CauseText;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Dead letters in {@code busbar_dead_letter}.
 */
final class JdbcDeadLetters implements DeadLetters {

	// Not the application's own mapper, whose settings may change.
	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String AGAIN = """
			update busbar_dead_letter set attempts = attempts + ?, last_failure = ?, exception = ?, cause = ?,
				state = case when state = 'DISCARDED' then state else 'OPEN' end,
				ended = case when state = 'DISCARDED' then ended end
			where letter_key = ? and edited is null
			""";

	private static final String EDITED = "select count(*) from busbar_dead_letter where letter_key = ? and edited is not null";

	private static final String FAILED_AGAIN = """
			update busbar_dead_letter set state = 'OPEN', ended = null, attempts = attempts + ?, last_failure = ?,
				exception = ?, cause = ?, handler = coalesce(?, handler)
			where id = ?
			""";

	private static final String REPLAYED = """
			update busbar_dead_letter set state = 'REPLAYED', ended = current_timestamp
			where id = ? and state = 'REPLAYING'
			""";

	private static final String INSERT = """
			insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key,
				headers, payload, exception, cause, attempts, first_failure, last_failure, broker, destination,
				partition_number, position_number, withheld)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String FIND = """
			select * from busbar_dead_letter where letter_key between ? and ? and event_id = ?
			order by first_failure, id
			""";

	private static final String SUMMARY = """
			select l.id, l.consumer_group, l.handler, l.source, l.event_id, l.type, l.exception, l.attempts,
				l.first_failure, l.last_failure, l.state
			from busbar_dead_letter l
			""";

	private static final String SUMMARIES = SUMMARY + """
			where l.letter_key between ? and ? and l.event_id = ?
				and (cast(? as varchar) is null or coalesce(l.source, '') = cast(? as varchar))
			order by l.first_failure, l.id limit ?
			""";

	private static final String SOURCES = """
			select distinct coalesce(source, '') as source from busbar_dead_letter
			where letter_key between ? and ? and event_id = ? order by source limit ?
			""";

	private static final String REFUSED = SUMMARY + """
			join unnest(cast(? as bytea array), cast(? as bytea array), cast(? as varchar array))
				as u(lowest, highest, id)
				on l.letter_key between u.lowest and u.highest and l.event_id = u.id
			where l.handler is null and l.partition_number is null and l.position_number is null
			order by l.first_failure, l.id limit ?
			""";

	private final JdbcTemplate jdbc;

	private final LetterHeaders headers;

	private final Listener listener;

	JdbcDeadLetters(DataSource dataSource, LetterHeaders headers, Listener listener) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.headers = headers;
		this.listener = listener;
	}

	@Override
	public boolean add(DeadLetter letter) {
		byte[] key = key(letter);
		String exception = EventKeys.storable(letter.exception());
		String cause = EventKeys.storable(bounded(letter.cause()));
		OffsetDateTime last = time(letter.lastFailure());
		if (this.jdbc.update(AGAIN, letter.attempts(), last, exception, cause, key) > 0 || isEdited(key)) {
			return false;
		}
		DeadLetter.Origin origin = letter.origin();
		this.jdbc.update(INSERT, letter.id(), key, EventKeys.storable(letter.group()), text(letter.handler()),
				text(letter.source()), text(letter.eventId()), text(letter.type()), text(letter.key()),
				EventKeys.storable(JSON.writeValueAsString(this.headers.of(letter.headers()))), letter.payload(),
				exception, cause, letter.attempts(), time(letter.firstFailure()), last,
				EventKeys.storable(origin.broker()), EventKeys.storable(origin.destination()), origin.partition(),
				origin.position(), withheld(letter));
		this.listener.added(letter);
		return true;
	}

	private @Nullable String withheld(DeadLetter letter) {
		Map<String, String> withheld = this.headers.withheld(letter.headers());
		return withheld.isEmpty() ? null : EventKeys.storable(JSON.writeValueAsString(withheld));
	}

	private boolean isEdited(byte[] key) {
		Integer count = this.jdbc.queryForObject(EDITED, Integer.class, key);
		return count != null && count > 0;
	}

	@Override
	public void replayed(UUID letter) {
		this.jdbc.update(REPLAYED, letter);
	}

	@Override
	public boolean failedAgain(UUID letter, DeadLetter failure) {
		return this.jdbc.update(FAILED_AGAIN, failure.attempts(), time(failure.lastFailure()),
				EventKeys.storable(failure.exception()), EventKeys.storable(bounded(failure.cause())),
				text(failure.handler()), letter) > 0;
	}

	// A message that did not decode is never the same as another one. Other data under
	// the same id is another letter, or it would vanish.
	private static byte[] key(DeadLetter letter) {
		String id = letter.eventId();
		String source = letter.source();
		if (id == null || source == null) {
			return EventKeys.join((id != null) ? id : "", EventKeys.sha256(letter.id().toString()));
		}
		return EventKeys.letter(letter.group(), source, id, letter.payload());
	}

	private static String bounded(String cause) {
		return (cause.length() > CauseText.LENGTH) ? cause.substring(0, CauseText.LENGTH - 1) + '\u2026' : cause;
	}

	private static @Nullable String text(@Nullable String text) {
		return (text != null) ? EventKeys.storable(text) : null;
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	@Override
	public List<DeadLetter> find(String eventId) {
		return this.jdbc.query(FIND, (row, number) -> LetterRows.letter(row), EventKeys.lowest(eventId),
				EventKeys.highest(eventId), EventKeys.storable(eventId));
	}

	@Override
	public List<Summary> summaries(String eventId, @Nullable String source, int limit) {
		String stored = text(source);
		return this.jdbc.query(SUMMARIES, (row, number) -> summary(row), EventKeys.lowest(eventId),
				EventKeys.highest(eventId), EventKeys.storable(eventId), stored, stored, limit);
	}

	@Override
	public List<String> sources(String eventId, int limit) {
		return this.jdbc.queryForList(SOURCES, String.class, EventKeys.lowest(eventId), EventKeys.highest(eventId),
				EventKeys.storable(eventId), limit);
	}

	@Override
	public List<Summary> refused(Collection<String> eventIds, int limit) {
		if (eventIds.isEmpty()) {
			return List.of();
		}
		Object[] lowest = eventIds.stream().map(EventKeys::lowest).toArray(byte[][]::new);
		Object[] highest = eventIds.stream().map(EventKeys::highest).toArray(byte[][]::new);
		Object[] ids = eventIds.stream().map(EventKeys::storable).toArray();
		return this.jdbc.query(REFUSED, (row, number) -> summary(row), new SqlArrayValue("bytea", lowest),
				new SqlArrayValue("bytea", highest), new SqlArrayValue("varchar", ids), limit);
	}

	private static Summary summary(ResultSet row) throws SQLException {
		return new Summary(row.getObject("id", UUID.class), row.getString("consumer_group"), row.getString("handler"),
				row.getString("source"), row.getString("event_id"), row.getString("type"), row.getString("exception"),
				row.getInt("attempts"), instant(row, "first_failure"), instant(row, "last_failure"),
				row.getString("state").equals("REPLAYED"));
	}

	@Override
	public long count() {
		Long count = this.jdbc.queryForObject("select count(*) from busbar_dead_letter", Long.class);
		return (count != null) ? count : 0;
	}

	private static Instant instant(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

}
