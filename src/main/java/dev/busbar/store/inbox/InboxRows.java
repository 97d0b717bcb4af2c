package dev.busbar.store.inbox;

import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import dev.busbar.store.StoreSchema;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * New rows of the inbox.
 */
final class InboxRows {

	/** Rows of events that have none, from arrays, with a number from {@code call}. */
	static final String INSERT_NEW = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place, cause_id)
			select k, cast(? as varchar), s, i, t, d, 'HANDLED', cast(? as integer),
				cast(? as timestamp with time zone), call.handling, p, c
			from call, unnest(cast(? as bytea array), cast(? as varchar array), cast(? as varchar array),
				cast(? as varchar array), cast(? as bytea array), cast(? as integer array), cast(? as varchar array))
				as u(k, s, i, t, d, p, c)
			on conflict (event_key) do nothing""";

	private static final String INSERT_HANDLED = "with call as (select cast(? as bigint) as handling) " + INSERT_NEW;

	private static final String INSERT = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place, token, cause_id)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private final JdbcTemplate jdbc;

	private final StoreSchema schema;

	InboxRows(JdbcTemplate jdbc, StoreSchema schema) {
		this.jdbc = jdbc;
		this.schema = schema;
	}

	/**
	 * Inserts events that are handled now.
	 * @param group the consumer group
	 * @param events all events of the call that are admitted
	 * @param places where in that list those stand that have no row, in the order of
	 * their keys
	 * @param attempt the number of their attempt
	 * @param handling the number of the call
	 * @param now the time
	 * @throws org.springframework.dao.DuplicateKeyException if another transaction has
	 * inserted one of them
	 */
	void insertHandled(String group, List<InboxCandidate> events, Integer[] places, int attempt, long handling,
			OffsetDateTime now) {
		if (this.schema.insertsTogether()) {
			if (this.jdbc.update(INSERT_HANDLED,
					parameters(handling, group, events, places, attempt, now)) < places.length) {
				throw new DuplicateKeyException("Another transaction has handled one of the events meanwhile");
			}
			return;
		}
		List<Object[]> rows = Arrays.stream(places)
			.map((place) -> row(group, events.get(place), InboxEntry.State.HANDLED, attempt, handling, place, now))
			.toList();
		this.jdbc.batchUpdate(INSERT, rows);
	}

	/**
	 * Inserts an event that no call handles now.
	 * @param group the consumer group
	 * @param event the event
	 * @param state its state, not HANDLED
	 * @param attempts how often it was attempted
	 * @param now the time
	 * @throws org.springframework.dao.DuplicateKeyException if it has a row already
	 */
	void insert(String group, InboxCandidate event, InboxEntry.State state, int attempts, OffsetDateTime now) {
		this.jdbc.update(INSERT, row(group, event, state, attempts, null, null, now));
	}

	/**
	 * The parameters of {@link #INSERT_NEW}.
	 * @param call the one of {@code call}, which stands before it
	 * @param group the consumer group
	 * @param events events
	 * @param places where in that list those stand that are to be inserted, in the order
	 * of their keys
	 * @param attempt the number of their attempt
	 * @param now the time
	 */
	static Object[] parameters(Object call, String group, List<InboxCandidate> events, Integer[] places, int attempt,
			OffsetDateTime now) {
		List<InboxCandidate> sorted = Arrays.stream(places).map(events::get).toList();
		return new Object[] { call, EventKeys.storable(group), attempt, now, bytes(sorted, InboxCandidate::key),
				texts(sorted, Event::source), texts(sorted, Event::id), texts(sorted, Event::type),
				bytes(sorted, InboxCandidate::digest), new SqlArrayValue("int4", (Object[]) places), causes(sorted) };
	}

	/**
	 * The places of some events, in the order of their keys: one order for all consumers,
	 * so that two with the same events wait, but not for each other.
	 */
	static Integer[] places(List<InboxCandidate> events, Predicate<InboxCandidate> chosen) {
		return IntStream.range(0, events.size())
			.filter((place) -> chosen.test(events.get(place)))
			.boxed()
			.sorted((a, b) -> Arrays.compareUnsigned(events.get(a).key(), events.get(b).key()))
			.toArray(Integer[]::new);
	}

	private static Object[] row(String group, InboxCandidate candidate, InboxEntry.State state, int attempts,
			@Nullable Long handling, @Nullable Integer place, OffsetDateTime now) {
		Event<?> event = candidate.event();
		return new @Nullable Object[] { candidate.key(), EventKeys.storable(group), EventKeys.storable(event.source()),
				EventKeys.storable(event.id()), EventKeys.storable(event.type()), candidate.digest(), state.name(),
				attempts, now, handling, place, (state != InboxEntry.State.HANDLED) ? candidate.token() : null,
				cause(event) };
	}

	private static SqlArrayValue bytes(List<InboxCandidate> candidates, Function<InboxCandidate, byte[]> part) {
		return new SqlArrayValue("bytea", (Object[]) candidates.stream().map(part).toArray(byte[][]::new));
	}

	private static SqlArrayValue texts(List<InboxCandidate> candidates, Function<Event<?>, String> part) {
		return texts(candidates.stream().map((candidate) -> EventKeys.storable(part.apply(candidate.event()))));
	}

	private static SqlArrayValue causes(List<InboxCandidate> candidates) {
		return texts(candidates.stream().map((candidate) -> cause(candidate.event())));
	}

	/**
	 * PostgreSQL's driver sends an array of strings as it is, and one of objects as text.
	 */
	private static SqlArrayValue texts(Stream<? extends @Nullable String> texts) {
		return new SqlArrayValue("varchar", (Object[]) texts.toArray(String[]::new));
	}

	private static @Nullable String cause(Event<?> event) {
		return (event.causationId() != null) ? EventKeys.storable(event.causationId()) : null;
	}

}
