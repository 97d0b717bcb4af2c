package dev.busbar.store.inbox;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.inbox.Inbox.Admission;
import dev.busbar.store.inbox.Inbox.Verdict;
import dev.busbar.store.inbox.KnownRows.Known;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Admits events of which none is a redelivery, where many rows go in by one statement:
 * that inserts those that have no row, and only if one has, another looks for what is
 * known of it.
 */
final class NewEvents {

	// It sees the gates as they were when it began. That is enough if all events are new:
	// whoever closes a gate before one of them has a row for an event of this delivery
	// or has committed before the broker delivered.
	private static final String INSERT = """
			with call as materialized (
					select nextval('busbar_handling_seq') as handling, cast(? as integer) as asked),
				added as (%s returning event_key)
			select (select handling from call), not exists (select 1 from busbar_gate), count(*),
				case when count(*) < (select asked from call) then array_agg(event_key) end
			from added
			""".formatted(InboxRows.INSERT_NEW);

	private static final String MOVE = """
			update busbar_inbox set place = u.p
			from unnest(cast(? as bytea array), cast(? as integer array)) as u(k, p) where event_key = u.k
			""";

	private final JdbcTemplate jdbc;

	private final PlannedTemplate planned;

	private final KnownRows known;

	NewEvents(JdbcTemplate jdbc, PlannedTemplate planned, KnownRows known) {
		this.jdbc = jdbc;
		this.planned = planned;
		this.known = known;
	}

	/**
	 * Admits events.
	 * @param group the consumer group
	 * @param candidates the events, without tokens
	 * @param attempt the number of their attempt
	 * @param now the time
	 * @return as {@link Inbox#admit} has it
	 */
	Admission admit(String group, List<InboxCandidate> candidates, int attempt, OffsetDateTime now) {
		Map<String, InboxCandidate> distinct = new LinkedHashMap<>();
		candidates.forEach((candidate) -> distinct.putIfAbsent(candidate.hex(), candidate));
		List<InboxCandidate> all = List.copyOf(distinct.values());
		Added added = insert(group, all, attempt, now);
		if (added.keys() == null && all.size() == candidates.size()) {
			return new Admission(added.handling(), all.stream().map((each) -> Verdict.FIRST).toList(), added.quiet());
		}
		Map<String, Known> before = before(all, added);
		List<Verdict> verdicts = new ArrayList<>(candidates.size());
		Map<String, Integer> first = new LinkedHashMap<>();
		for (InboxCandidate candidate : candidates) {
			Known row = before.get(candidate.hex());
			verdicts.add((row != null) ? row.verdict(candidate) : Verdict.FIRST);
			if (row == null) {
				first.put(candidate.hex(), first.size());
				before.put(candidate.hex(), new Known(candidate.digest(), InboxEntry.State.HANDLED, null));
			}
		}
		move(all, first);
		return new Admission(first.isEmpty() ? 0 : added.handling(), verdicts, false);
	}

	private Added insert(String group, List<InboxCandidate> events, int attempt, OffsetDateTime now) {
		Integer[] places = InboxRows.places(events, (candidate) -> true);
		return this.jdbc
			.query(INSERT, (row, number) -> Added.of(row, events.size()),
					InboxRows.parameters(events.size(), group, events, places, attempt, now))
			.get(0);
	}

	/** The rows of those that were not added. */
	private Map<String, Known> before(List<InboxCandidate> all, Added added) {
		Set<String> keys = added.keys();
		if (keys == null) {
			return new HashMap<>();
		}
		List<InboxCandidate> others = all.stream().filter((each) -> !keys.contains(each.hex())).toList();
		Map<String, Known> rows = this.known.of(others);
		if (rows.size() < others.size()) {
			throw new ConcurrencyFailureException("A row of the inbox was there, and is gone");
		}
		return rows;
	}

	/** Each has the place that its duration will have among those that are handled. */
	private void move(List<InboxCandidate> all, Map<String, Integer> first) {
		List<byte[]> keys = new ArrayList<>();
		List<Integer> places = new ArrayList<>();
		for (int i = 0; i < all.size(); i++) {
			Integer place = first.get(all.get(i).hex());
			if (place != null && place != i) {
				keys.add(all.get(i).key());
				places.add(place);
			}
		}
		if (!keys.isEmpty()) {
			this.planned.update(MOVE, new SqlArrayValue("bytea", (Object[]) keys.toArray(byte[][]::new)),
					new SqlArrayValue("int4", places.toArray()));
		}
	}

	/**
	 * What the insert tells.
	 *
	 * @param handling the number of the call
	 * @param quiet whether no gate was closed, and all were added
	 * @param keys the keys of those that were added, null if all were
	 */
	private record Added(long handling, boolean quiet, @Nullable Set<String> keys) {

		static Added of(ResultSet row, int asked) throws SQLException {
			boolean all = row.getInt(3) == asked;
			Set<String> keys = new HashSet<>();
			Array some = all ? null : row.getArray(4);
			if (some != null) {
				for (byte[] key : (byte[][]) some.getArray()) {
					keys.add(HexFormat.of().formatHex(key));
				}
			}
			return new Added(row.getLong(1), all && row.getBoolean(2), all ? null : keys);
		}

	}

}
