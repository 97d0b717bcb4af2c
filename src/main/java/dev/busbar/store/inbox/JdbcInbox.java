package dev.busbar.store.inbox;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.inbox.KnownRows.Known;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The inbox in {@code busbar_inbox}: one query and one insert for all events of a call.
 * On PostgreSQL one statement in all, if none of them is known.
 */
public final class JdbcInbox implements Inbox {

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

	private final JdbcTemplate jdbc;

	private final KnownRows known;

	private final InboxRows rows;

	private final NewEvents newEvents;

	private final StoreSchema schema;

	private final InboxEntries entries;

	private final HandlingTimes times;

	private final Clock clock;

	/**
	 * Creates an inbox.
	 * @param dataSource the application's database
	 * @param schema its tables
	 * @param clock tells when an event was handled
	 */
	public JdbcInbox(DataSource dataSource, StoreSchema schema, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		PlannedTemplate planned = new PlannedTemplate(dataSource);
		this.known = new KnownRows(planned, schema);
		this.rows = new InboxRows(this.jdbc, schema);
		this.newEvents = new NewEvents(this.jdbc, planned, this.known);
		this.schema = schema;
		this.times = new HandlingTimes(dataSource);
		this.entries = new InboxEntries(this.jdbc);
		this.clock = clock;
	}

	@Override
	public Admission admit(String group, List<? extends Event<byte @Nullable []>> events, List<@Nullable UUID> tokens,
			int attempt) {
		if (events.isEmpty()) {
			return new Admission(0, List.of(), false);
		}
		List<InboxCandidate> candidates = new ArrayList<>(events.size());
		for (int i = 0; i < events.size(); i++) {
			candidates.add(InboxCandidate.of(group, events.get(i), tokens.get(i)));
		}
		if (this.schema.insertsTogether() && tokens.stream().allMatch(Objects::isNull)) {
			return this.newEvents.admit(group, candidates, attempt, now());
		}
		Map<String, Known> known = this.known.of(candidates);
		List<InboxCandidate> first = new ArrayList<>();
		List<Verdict> verdicts = new ArrayList<>(events.size());
		for (InboxCandidate candidate : candidates) {
			Verdict verdict = verdict(candidate, known.get(candidate.hex()));
			if (verdict == Verdict.FIRST) {
				first.add(candidate);
				known.put(candidate.hex(), new Known(candidate.digest(), InboxEntry.State.HANDLED, null));
			}
			verdicts.add(verdict);
		}
		return new Admission(first.isEmpty() ? 0 : write(group, first, attempt), verdicts, false);
	}

	private static Verdict verdict(InboxCandidate candidate, @Nullable Known row) {
		if (row != null) {
			return row.verdict(candidate);
		}
		return (candidate.token() == null) ? Verdict.FIRST : Verdict.WAITING;
	}

	private long write(String group, List<InboxCandidate> first, int attempt) {
		Long next = this.jdbc.queryForObject("select nextval('busbar_handling_seq')", Long.class);
		long handling = (next != null) ? next : 0;
		OffsetDateTime now = now();
		Integer[] fresh = InboxRows.places(first, (candidate) -> candidate.token() == null);
		if (fresh.length > 0) {
			this.rows.insertHandled(group, first, fresh, attempt, handling, now);
		}
		for (Integer place : InboxRows.places(first, (candidate) -> candidate.token() != null)) {
			InboxCandidate candidate = first.get(place);
			if (this.jdbc.update(ADMIT, attempt, now, handling, place, candidate.key(), candidate.token()) == 0) {
				throw new ConcurrencyFailureException("Another transaction has admitted the same redelivery");
			}
		}
		return handling;
	}

	@Override
	public void finish(long handling, long[] micros) {
		this.times.add(handling, LongStream.of(micros).boxed().toList(), now());
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
		InboxCandidate candidate = InboxCandidate.of(group, event, token);
		if (this.jdbc.update(REPLAY, token, candidate.digest(), now(), candidate.key()) > 0) {
			return true;
		}
		if (!this.known.of(List.of(candidate)).isEmpty()) {
			return false;
		}
		this.rows.insert(group, candidate, InboxEntry.State.REPLAYING, 0, now());
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
	public boolean takeBack(String group, Event<byte @Nullable []> event, UUID token) {
		byte[] key = EventKeys.of(group, event.source(), event.id());
		List<UUID> waiting = this.jdbc.queryForList(ON_ITS_WAY + " and token = ? for update skip locked", UUID.class,
				key, token);
		return !waiting.isEmpty() && this.jdbc.update(TAKE_BACK, now(), key) > 0;
	}

	@Override
	public boolean bury(String group, Event<byte @Nullable []> event, @Nullable UUID token, int attempts) {
		InboxCandidate candidate = InboxCandidate.of(group, event, token);
		if (this.jdbc.update(BURY, now(), attempts, candidate.key(), candidate.digest(), token) > 0) {
			return true;
		}
		Known row = this.known.of(List.of(candidate)).get(candidate.hex());
		if (row == null) {
			InboxCandidate dead = InboxCandidate.of(group, event, null);
			this.rows.insert(group, dead, InboxEntry.State.DEAD, attempts, now());
			return true;
		}
		return !Arrays.equals(row.digest(), candidate.digest());
	}

	@Override
	public List<InboxEntry> find(String id, @Nullable String source, int limit) {
		return this.entries.find(id, source, limit);
	}

	@Override
	public List<String> sources(String id, int limit) {
		return this.entries.sources(id, limit);
	}

	private OffsetDateTime now() {
		return this.clock.instant().atOffset(ZoneOffset.UTC);
	}

}
