package dev.busbar.store.archive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.store.EventKeys;
import dev.busbar.store.archive.ArchivedLetter.State;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The archive in {@code busbar_dead_letter} and {@code busbar_dead_letter_action}.
 */
final class JdbcArchive implements Archive {

	/** A search through the texts of very many letters ends some day. */
	private static final int TIMEOUT_SECONDS = 30;

	private static final String LIST = """
			select id, state, consumer_group, handler, source, event_id, type, event_key, exception,
				substring(cause from 1 for 500) as cause, attempts, first_failure, last_failure
			from busbar_dead_letter""";

	private static final String PLACES = """
			select id, first_failure, coalesce(octet_length(payload), 0) + coalesce(octet_length(edited), 0) as size
			from busbar_dead_letter""";

	private static final String SUMMARY = """
			select state, type, handler, exception, count(*) as letters from busbar_dead_letter%s
			group by state, type, handler, exception order by letters desc, state, type, handler, exception limit ?
			""";

	private static final String LOCK = """
			select * from busbar_dead_letter where id = any(?) order by first_failure, id for update
			""";

	private static final String WITHHELD = "select withheld from busbar_dead_letter where id = ? and withheld is not null";

	private static final String ACTIONS = """
			select letter, action, person, acted, reason, replay from busbar_dead_letter_action where letter = ?
			order by number desc limit ?
			""";

	private static final String RECORD = """
			insert into busbar_dead_letter_action (letter, action, person, acted, reason, replay)
			values (?, ?, ?, ?, ?, ?)
			""";

	private static final String STATES = """
			select l.state, count(distinct l.id) as letters from busbar_dead_letter_action a
			join busbar_dead_letter l on l.id = a.letter where a.replay = ? group by l.state
			""";

	private static final String REPLAYING = """
			select count(*) from (select 1 as one from busbar_dead_letter
			where state = 'REPLAYING' and consumer_group = ? limit ?) as r
			""";

	private static final String IDENTIFY = """
			update busbar_dead_letter set source = coalesce(source, cast(? as varchar)),
				event_id = coalesce(event_id, cast(? as varchar)), type = coalesce(type, cast(? as varchar))
			where id = ?
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate search;

	private final Clock clock;

	JdbcArchive(DataSource dataSource, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.search = new JdbcTemplate(dataSource);
		this.search.setQueryTimeout(TIMEOUT_SECONDS);
		this.clock = clock;
	}

	@Override
	public List<Entry> list(LetterFilter filter, @Nullable Place after, int limit) {
		LetterQuery query = new LetterQuery(filter).before(after);
		return this.search.query(LIST + query.where() + " order by first_failure desc, id desc limit ?",
				(row, number) -> entry(row), query.parameters(limit));
	}

	private static Entry entry(ResultSet row) throws SQLException {
		return new Entry(row.getObject("id", UUID.class), State.valueOf(row.getString("state")),
				row.getString("consumer_group"), row.getString("handler"), row.getString("source"),
				row.getString("event_id"), row.getString("type"), row.getString("event_key"),
				row.getString("exception"), row.getString("cause"), row.getInt("attempts"),
				LetterRows.instant(row, "first_failure"), LetterRows.instant(row, "last_failure"));
	}

	@Override
	public List<Place> places(LetterFilter filter, @Nullable Place after, int limit) {
		LetterQuery query = new LetterQuery(filter).after(after);
		return this.search.query(PLACES + query.where() + " order by first_failure, id limit ?",
				(row, number) -> new Place(LetterRows.instant(row, "first_failure"), row.getObject("id", UUID.class),
						row.getLong("size")),
				query.parameters(limit));
	}

	@Override
	public long count(LetterFilter filter) {
		LetterQuery query = new LetterQuery(filter);
		Long count = this.search.queryForObject("select count(*) from busbar_dead_letter" + query.where(), Long.class,
				query.parameters());
		return (count != null) ? count : 0;
	}

	@Override
	public List<Count> summary(LetterFilter filter, int limit) {
		LetterQuery query = new LetterQuery(filter);
		return this.search.query(SUMMARY.formatted(query.where()),
				(row, number) -> new Count(State.valueOf(row.getString("state")), row.getString("type"),
						row.getString("handler"), row.getString("exception"), row.getLong("letters")),
				query.parameters(limit));
	}

	@Override
	public Optional<ArchivedLetter> find(UUID id) {
		return this.jdbc
			.query("select * from busbar_dead_letter where id = ?", (row, number) -> LetterRows.archived(row), id)
			.stream()
			.findFirst();
	}

	@Override
	public List<ArchivedLetter> lock(Collection<UUID> ids) {
		return this.jdbc.query(LOCK, (row, number) -> LetterRows.archived(row), array(ids));
	}

	@Override
	public Map<String, String> withheld(UUID letter) {
		return this.jdbc.query(WITHHELD, (row, number) -> LetterRows.headers(row, "withheld"), letter)
			.stream()
			.findFirst()
			.orElse(Map.of());
	}

	@Override
	public List<Action> actions(UUID letter, int limit) {
		return this.jdbc.query(ACTIONS,
				(row, number) -> new Action(row.getObject("letter", UUID.class),
						Action.Kind.valueOf(row.getString("action")), row.getString("person"),
						LetterRows.instant(row, "acted"), row.getString("reason"), row.getObject("replay", UUID.class)),
				letter, limit);
	}

	@Override
	public void move(Collection<UUID> ids, State state) {
		boolean ended = state == State.REPLAYED || state == State.DISCARDED;
		this.jdbc.update("update busbar_dead_letter set state = ?, ended = ? where id = any(?)", state.name(),
				ended ? now() : null, array(ids));
	}

	@Override
	public void identify(UUID id, @Nullable String source, @Nullable String eventId, @Nullable String type) {
		this.jdbc.update(IDENTIFY, text(source), text(eventId), text(type), id);
	}

	@Override
	public void edit(UUID id, byte[] data, String person) {
		this.jdbc.update("update busbar_dead_letter set edited = ?, edited_by = ? where id = ?", data,
				EventKeys.storable(person), id);
	}

	@Override
	public void record(List<Action> actions) {
		this.jdbc.batchUpdate(RECORD,
				actions.stream()
					.map((action) -> new @Nullable Object[] { action.letter(), action.kind().name(),
							EventKeys.storable(action.person()), action.time().atOffset(ZoneOffset.UTC),
							text(action.reason()), action.replay() })
					.toList());
	}

	@Override
	public int replaying(String group, int limit) {
		Integer count = this.jdbc.queryForObject(REPLAYING, Integer.class, EventKeys.storable(group), limit);
		return (count != null) ? count : 0;
	}

	@Override
	public Map<State, Long> statesOf(UUID replay) {
		Map<State, Long> states = new EnumMap<>(State.class);
		this.search.query(STATES, (row) -> {
			states.put(State.valueOf(row.getString("state")), row.getLong("letters"));
		}, replay);
		return states;
	}

	private static SqlArrayValue array(Collection<UUID> ids) {
		return new SqlArrayValue("uuid", ids.toArray());
	}

	private static @Nullable String text(@Nullable String text) {
		return (text != null) ? EventKeys.storable(text) : null;
	}

	private OffsetDateTime now() {
		return this.clock.instant().atOffset(ZoneOffset.UTC);
	}

}
