package dev.busbar.store.archive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Replays in {@code busbar_replay}.
 */
final class JdbcReplays implements Replays {

	// Not the application's own mapper, whose settings may change.
	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String ADD = """
			insert into busbar_replay (id, application, filter, rate, person, state, total, done, skipped, started)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String ADVANCE = """
			update busbar_replay set done = done + ?, skipped = skipped + ?, last_failure = ?, last_id = ?,
				problem = coalesce(cast(? as varchar), problem)
			where id = ? and state = 'RUNNING' and done = ? and skipped = ?
			""";

	private static final String END = """
			update busbar_replay set state = ?, finished = ?, cancelled_by = cast(? as varchar) where id = ? and state = 'RUNNING'
			""";

	private final JdbcTemplate jdbc;

	private final Clock clock;

	JdbcReplays(DataSource dataSource, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.clock = clock;
	}

	@Override
	public void add(Replay replay) {
		this.jdbc.update(ADD, replay.id(), EventKeys.storable(replay.application()),
				EventKeys.storable(JSON.writeValueAsString(replay.filter())), replay.rate(),
				EventKeys.storable(replay.person()), replay.state().name(), replay.total(), replay.done(),
				replay.skipped(), replay.started().atOffset(ZoneOffset.UTC));
	}

	@Override
	public List<Replay> list(String application, int limit) {
		return this.jdbc.query("select * from busbar_replay where application = ? order by started desc, id limit ?",
				(row, number) -> replay(row), EventKeys.storable(application), limit);
	}

	@Override
	public List<Replay> running(String application) {
		return this.jdbc.query(
				"select * from busbar_replay where application = ? and state = 'RUNNING' order by started, id",
				(row, number) -> replay(row), EventKeys.storable(application));
	}

	@Override
	public Optional<Replay> find(String application, UUID id) {
		return this.jdbc
			.query("select * from busbar_replay where application = ? and id = ?", (row, number) -> replay(row),
					EventKeys.storable(application), id)
			.stream()
			.findFirst();
	}

	@Override
	public boolean advance(Replay before, int done, int skipped, Archive.Place reached, @Nullable String problem) {
		return this.jdbc.update(ADVANCE, done, skipped, reached.firstFailure().atOffset(ZoneOffset.UTC), reached.id(),
				(problem != null) ? EventKeys.storable(problem) : null, before.id(), before.done(),
				before.skipped()) > 0;
	}

	@Override
	public void done(UUID id) {
		end(id, Replay.State.DONE, null);
	}

	@Override
	public boolean cancel(UUID id, String person) {
		return end(id, Replay.State.CANCELLED, EventKeys.storable(person));
	}

	private boolean end(UUID id, Replay.State state, @Nullable String person) {
		return this.jdbc.update(END, state.name(), this.clock.instant().atOffset(ZoneOffset.UTC), person, id) > 0;
	}

	private static Replay replay(ResultSet row) throws SQLException {
		Instant failure = LetterRows.instantOrNull(row, "last_failure");
		UUID last = row.getObject("last_id", UUID.class);
		return new Replay(row.getObject("id", UUID.class), row.getString("application"),
				JSON.readValue(row.getString("filter"), LetterFilter.class), row.getObject("rate", Integer.class),
				row.getString("person"), Replay.State.valueOf(row.getString("state")), row.getLong("total"),
				row.getLong("done"), row.getLong("skipped"),
				(failure != null && last != null) ? new Archive.Place(failure, last, 0) : null,
				row.getString("problem"), LetterRows.instant(row, "started"), LetterRows.instantOrNull(row, "finished"),
				row.getString("cancelled_by"));
	}

}
