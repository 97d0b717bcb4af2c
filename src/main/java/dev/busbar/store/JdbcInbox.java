package dev.busbar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The inbox in {@code busbar_inbox}: one query and one insert for all events of a call.
 */
final class JdbcInbox implements Inbox {

	private static final String KNOWN = "select event_key, digest, state, token from busbar_inbox where event_key = any(?)";

	private static final String INSERT_ALL = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place)
			select k, ?, s, i, t, d, 'HANDLED', cast(? as integer), cast(? as timestamp with time zone),
				cast(? as bigint), p
			from unnest(cast(? as bytea array), cast(? as varchar array), cast(? as varchar array),
				cast(? as varchar array), cast(? as bytea array), cast(? as integer array)) as u(k, s, i, t, d, p)
			""";

	private static final String ADMIT = """
			update busbar_inbox set state = 'HANDLED', token = null, attempts = attempts + ?, reached = ?,
				handling = ?, place = ?
			where event_key = ? and token = ?
			""";

	private static final String DELAY = """
			update busbar_inbox set state = 'DELAYED', token = ?, attempts = ?, reached = ?, handling = null,
				place = null
			where event_key = ? and handling = ?
			""";

	private static final String REPLAY_LATER = """
			update busbar_inbox set state = 'REPLAYING', token = ?, attempts = attempts - ?, reached = ?,
				handling = null, place = null
			where event_key = ? and handling = ?
			""";

	private static final String REPLAY = """
			update busbar_inbox set state = 'REPLAYING', token = ?, digest = ?, reached = ?
			where event_key = ? and state = 'DEAD'
			""";

	private static final String BURY = """
			update busbar_inbox set state = 'DEAD', token = null, reached = ?, handling = null, place = null,
				attempts = cast(? as integer) + case when state = 'REPLAYING' then attempts else 0 end
			where event_key = ? and digest = ? and state <> 'HANDLED'
				and (token is null or token = cast(? as uuid))
			""";

	private static final String ON_ITS_WAY = "select token from busbar_inbox where event_key = ? and state in ('DELAYED', 'REPLAYING')";

	private static final String TAKE_BACK = "update busbar_inbox set state = 'DEAD', token = null, reached = ? where event_key = ?";

	private static final String INSERT_ROW = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place, token)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String FIND = """
			select i.consumer_group, i.source, i.event_id, i.type, i.state, i.attempts, i.reached, i.place, h.micros
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

	private final StoreSchema schema;

	private final Clock clock;

	JdbcInbox(DataSource dataSource, StoreSchema schema, Clock clock) {
		this.schema = schema;
		this.jdbc = new JdbcTemplate(dataSource);
		this.clock = clock;
	}

	@Override
	public Admission admit(String group, List<? extends Event<byte @Nullable []>> events, List<@Nullable UUID> tokens,
			int attempt) {
		if (events.isEmpty()) {
			return new Admission(0, List.of());
		}
		List<Candidate> candidates = new ArrayList<>(events.size());
		for (int i = 0; i < events.size(); i++) {
			candidates.add(Candidate.of(group, events.get(i), tokens.get(i)));
		}
		Map<String, Known> known = known(candidates);
		List<Candidate> first = new ArrayList<>();
		List<Verdict> verdicts = new ArrayList<>(events.size());
		for (Candidate candidate : candidates) {
			Verdict verdict = verdict(candidate, known.get(candidate.hex()));
			if (verdict == Verdict.FIRST) {
				first.add(candidate);
				known.put(candidate.hex(), new Known(candidate.digest(), InboxEntry.State.HANDLED, null));
			}
			verdicts.add(verdict);
		}
		return new Admission(first.isEmpty() ? 0 : write(group, first, attempt), verdicts);
	}

	private static Verdict verdict(Candidate candidate, @Nullable Known row) {
		if (row != null) {
			return row.verdict(candidate);
		}
		return (candidate.token() == null) ? Verdict.FIRST : Verdict.WAITING;
	}

	private Map<String, Known> known(List<Candidate> candidates) {
		Map<String, Known> known = new HashMap<>();
		Object[] keys = candidates.stream().map(Candidate::key).toArray(byte[][]::new);
		this.jdbc.query(KNOWN, (row) -> {
			known.put(HexFormat.of().formatHex(row.getBytes(1)), new Known(row.getBytes(2),
					InboxEntry.State.valueOf(row.getString(3)), row.getObject(4, UUID.class)));
		}, new SqlArrayValue("bytea", keys));
		return known;
	}

	private long write(String group, List<Candidate> first, int attempt) {
		Long next = this.jdbc.queryForObject("select nextval('busbar_handling_seq')", Long.class);
		long handling = (next != null) ? next : 0;
		OffsetDateTime now = now();
		Integer[] fresh = places(first, (candidate) -> candidate.token() == null);
		if (fresh.length > 0) {
			insert(group, first, fresh, attempt, handling, now);
		}
		for (Integer place : places(first, (candidate) -> candidate.token() != null)) {
			Candidate candidate = first.get(place);
			if (this.jdbc.update(ADMIT, attempt, now, handling, place, candidate.key(), candidate.token()) == 0) {
				throw new ConcurrencyFailureException("Another transaction has admitted the same redelivery");
			}
		}
		return handling;
	}

	private static Integer[] places(List<Candidate> first, Predicate<Candidate> chosen) {
		// One order for all consumers, so that two with the same events wait, but not for
		// each other.
		return IntStream.range(0, first.size())
			.filter((place) -> chosen.test(first.get(place)))
			.boxed()
			.sorted((a, b) -> Arrays.compareUnsigned(first.get(a).key(), first.get(b).key()))
			.toArray(Integer[]::new);
	}

	private void insert(String group, List<Candidate> first, Integer[] places, int attempt, long handling,
			OffsetDateTime now) {
		if (this.schema.insertsTogether()) {
			List<Candidate> sorted = Arrays.stream(places).map(first::get).toList();
			this.jdbc.update(INSERT_ALL, EventKeys.storable(group), attempt, now, handling,
					bytes(sorted, Candidate::key), texts(sorted, Event::source), texts(sorted, Event::id),
					texts(sorted, Event::type), bytes(sorted, Candidate::digest),
					new SqlArrayValue("int4", (Object[]) places));
			return;
		}
		List<Object[]> rows = Arrays.stream(places)
			.map((place) -> row(group, first.get(place), InboxEntry.State.HANDLED, attempt, handling, place, now))
			.toList();
		this.jdbc.batchUpdate(INSERT_ROW, rows);
	}

	private Object[] row(String group, Candidate candidate, InboxEntry.State state, int attempts,
			@Nullable Long handling, @Nullable Integer place, OffsetDateTime now) {
		Event<?> event = candidate.event();
		return new @Nullable Object[] { candidate.key(), EventKeys.storable(group), EventKeys.storable(event.source()),
				EventKeys.storable(event.id()), EventKeys.storable(event.type()), candidate.digest(), state.name(),
				attempts, now, handling, place, (state != InboxEntry.State.HANDLED) ? candidate.token() : null };
	}

	private static SqlArrayValue bytes(List<Candidate> candidates, Function<Candidate, byte[]> part) {
		return new SqlArrayValue("bytea", (Object[]) candidates.stream().map(part).toArray(byte[][]::new));
	}

	private static SqlArrayValue texts(List<Candidate> candidates, Function<Event<?>, String> part) {
		return new SqlArrayValue("varchar",
				candidates.stream().map((candidate) -> EventKeys.storable(part.apply(candidate.event()))).toArray());
	}

	@Override
	public void finish(long handling, long[] micros) {
		if (micros.length > 0) {
			String text = LongStream.of(micros).mapToObj(Long::toString).collect(Collectors.joining(","));
			this.jdbc.update("insert into busbar_handling (number, micros, finished) values (?, ?, ?)", handling, text,
					now());
		}
	}

	@Override
	public void delay(String group, long handling, List<Delayed> events) {
		later(DELAY, group, handling, events);
	}

	@Override
	public void replayLater(String group, long handling, List<Delayed> events) {
		later(REPLAY_LATER, group, handling, events);
	}

	private void later(String sql, String group, long handling, List<Delayed> events) {
		List<Object[]> rows = new ArrayList<>(events.size());
		for (Delayed delayed : events) {
			Event<?> event = delayed.event();
			rows.add(new Object[] { delayed.token(), delayed.attempts(), now(),
					EventKeys.of(group, event.source(), event.id()), handling });
		}
		if (!rows.isEmpty()) {
			this.jdbc.batchUpdate(sql, rows);
		}
	}

	@Override
	public boolean replay(String group, Event<byte @Nullable []> event, UUID token) {
		Candidate candidate = Candidate.of(group, event, token);
		if (this.jdbc.update(REPLAY, token, candidate.digest(), now(), candidate.key()) > 0) {
			return true;
		}
		if (!known(List.of(candidate)).isEmpty()) {
			return false;
		}
		this.jdbc.update(INSERT_ROW, row(group, candidate, InboxEntry.State.REPLAYING, 0, null, null, now()));
		return true;
	}

	@Override
	public @Nullable UUID takeBack(String group, String source, String id) {
		byte[] key = EventKeys.of(group, source, id);
		// A handler may take long: nobody waits for it here.
		List<UUID> tokens = this.jdbc.queryForList(ON_ITS_WAY + " for update skip locked", UUID.class, key);
		if (tokens.isEmpty()) {
			if (!this.jdbc.queryForList(ON_ITS_WAY, UUID.class, key).isEmpty()) {
				throw new CannotAcquireLockException("The event is being handled right now");
			}
			return null;
		}
		this.jdbc.update(TAKE_BACK, now(), key);
		return tokens.get(0);
	}

	@Override
	public boolean bury(String group, Event<byte @Nullable []> event, @Nullable UUID token, int attempts) {
		Candidate candidate = Candidate.of(group, event, token);
		if (this.jdbc.update(BURY, now(), attempts, candidate.key(), candidate.digest(), token) > 0) {
			return true;
		}
		Known row = known(List.of(candidate)).get(candidate.hex());
		if (row == null) {
			Candidate dead = Candidate.of(group, event, null);
			this.jdbc.update(INSERT_ROW, row(group, dead, InboxEntry.State.DEAD, attempts, null, null, now()));
			return true;
		}
		return !Arrays.equals(row.digest(), candidate.digest());
	}

	@Override
	public List<InboxEntry> find(String id, @Nullable String source, int limit) {
		String stored = (source != null) ? EventKeys.storable(source) : null;
		return this.jdbc.query(FIND, (row, number) -> entry(row), EventKeys.lowest(id), EventKeys.highest(id),
				EventKeys.storable(id), stored, stored, limit);
	}

	@Override
	public List<String> sources(String id, int limit) {
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
				reached, duration);
	}

	private OffsetDateTime now() {
		return this.clock.instant().atOffset(ZoneOffset.UTC);
	}

	/**
	 * An event with its key, the digest of its type and data, and its delivery's token.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Candidate(Event<byte @Nullable []> event, byte[] key, String hex, byte[] digest,
			@Nullable UUID token) {

		static Candidate of(String group, Event<byte @Nullable []> event, @Nullable UUID token) {
			byte[] key = EventKeys.of(group, event.source(), event.id());
			return new Candidate(event, key, HexFormat.of().formatHex(key),
					EventKeys.sha256(event.type(), event.data()), token);
		}

	}

	/**
	 * A row that stands already.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Known(byte[] digest, InboxEntry.State state, @Nullable UUID token) {

		Verdict verdict(Candidate candidate) {
			if (!Arrays.equals(this.digest, candidate.digest())) {
				return Verdict.CONFLICT;
			}
			return switch (this.state) {
				case HANDLED -> Verdict.HANDLED;
				case DEAD -> Verdict.DEAD;
				case DELAYED, REPLAYING ->
					(this.token != null && this.token.equals(candidate.token())) ? Verdict.FIRST : Verdict.WAITING;
			};
		}

	}

}
