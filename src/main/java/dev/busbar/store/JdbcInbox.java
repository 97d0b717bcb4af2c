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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The inbox in {@code busbar_inbox}: one query and one insert for all events of a call.
 */
final class JdbcInbox implements Inbox {

	private static final String KNOWN = "select event_key, digest, state from busbar_inbox where event_key = any(?)";

	private static final String INSERT_ALL = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place)
			select k, ?, s, i, t, d, 'HANDLED', cast(? as integer), cast(? as timestamp with time zone),
				cast(? as bigint), p
			from unnest(cast(? as bytea array), cast(? as varchar array), cast(? as varchar array),
				cast(? as varchar array), cast(? as bytea array), cast(? as integer array)) as u(k, s, i, t, d, p)
			""";

	private static final String BURY = """
			update busbar_inbox set state = 'DEAD', attempts = ?, reached = ?, handling = null, place = null
			where event_key = ? and digest = ? and state <> 'HANDLED'
			""";

	private static final String INSERT_ROW = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
	public Admission admit(String group, List<? extends Event<byte @Nullable []>> events, int attempt) {
		if (events.isEmpty()) {
			return new Admission(0, List.of());
		}
		List<Candidate> candidates = events.stream().map((event) -> Candidate.of(group, event)).toList();
		Map<String, Known> known = known(candidates);
		List<Candidate> first = new ArrayList<>();
		List<Verdict> verdicts = new ArrayList<>(events.size());
		for (Candidate candidate : candidates) {
			Known row = known.get(candidate.hex());
			if (row == null) {
				first.add(candidate);
				known.put(candidate.hex(), new Known(candidate.digest(), InboxEntry.State.HANDLED));
			}
			verdicts.add((row != null) ? row.verdict(candidate) : Verdict.FIRST);
		}
		return new Admission(first.isEmpty() ? 0 : insert(group, first, attempt), verdicts);
	}

	private Map<String, Known> known(List<Candidate> candidates) {
		Map<String, Known> known = new HashMap<>();
		Object[] keys = candidates.stream().map(Candidate::key).toArray(byte[][]::new);
		this.jdbc.query(KNOWN, (row) -> {
			known.put(HexFormat.of().formatHex(row.getBytes(1)),
					new Known(row.getBytes(2), InboxEntry.State.valueOf(row.getString(3))));
		}, new SqlArrayValue("bytea", keys));
		return known;
	}

	private long insert(String group, List<Candidate> first, int attempt) {
		Long next = this.jdbc.queryForObject("select nextval('busbar_handling_seq')", Long.class);
		long handling = (next != null) ? next : 0;
		Integer[] places = new Integer[first.size()];
		Arrays.setAll(places, (place) -> place);
		// One order for all consumers, so that two with the same events wait, but not for
		// each other.
		Arrays.sort(places, (a, b) -> Arrays.compareUnsigned(first.get(a).key(), first.get(b).key()));
		List<Candidate> sorted = Arrays.stream(places).map(first::get).toList();
		if (this.schema.insertsTogether()) {
			this.jdbc.update(INSERT_ALL, EventKeys.storable(group), attempt, now(), handling,
					bytes(sorted, Candidate::key), texts(sorted, Event::source), texts(sorted, Event::id),
					texts(sorted, Event::type), bytes(sorted, Candidate::digest),
					new SqlArrayValue("int4", (Object[]) places));
		}
		else {
			List<Object[]> rows = Arrays.stream(places)
				.map((place) -> row(group, first.get(place), InboxEntry.State.HANDLED, attempt, handling, place))
				.toList();
			this.jdbc.batchUpdate(INSERT_ROW, rows);
		}
		return handling;
	}

	private Object[] row(String group, Candidate candidate, InboxEntry.State state, int attempts,
			@Nullable Long handling, @Nullable Integer place) {
		Event<?> event = candidate.event();
		return new @Nullable Object[] { candidate.key(), EventKeys.storable(group), EventKeys.storable(event.source()),
				EventKeys.storable(event.id()), EventKeys.storable(event.type()), candidate.digest(), state.name(),
				attempts, now(), handling, place };
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
	public boolean bury(String group, Event<byte @Nullable []> event, int attempts) {
		Candidate candidate = Candidate.of(group, event);
		if (this.jdbc.update(BURY, attempts, now(), candidate.key(), candidate.digest()) > 0) {
			return true;
		}
		Known row = known(List.of(candidate)).get(candidate.hex());
		if (row == null) {
			this.jdbc.update(INSERT_ROW, row(group, candidate, InboxEntry.State.DEAD, attempts, null, null));
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
	 * An event with its key, and the digest of its type and data.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Candidate(Event<byte @Nullable []> event, byte[] key, String hex, byte[] digest) {

		static Candidate of(String group, Event<byte @Nullable []> event) {
			byte[] key = EventKeys.of(group, event.source(), event.id());
			return new Candidate(event, key, HexFormat.of().formatHex(key),
					EventKeys.sha256(event.type(), event.data()));
		}

	}

	/**
	 * A row that stands already.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Known(byte[] digest, InboxEntry.State state) {

		Verdict verdict(Candidate candidate) {
			if (!Arrays.equals(this.digest, candidate.digest())) {
				return Verdict.CONFLICT;
			}
			return switch (this.state) {
				case HANDLED -> Verdict.HANDLED;
				case DEAD -> Verdict.DEAD;
				case DELAYED, REPLAYING -> throw new IllegalStateException("Event '" + candidate.event().id() + "' of '"
						+ candidate.event().source() + "' is " + this.state + ": nothing brings it to its handler");
			};
		}

	}

}
