package dev.busbar.store.inbox;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.inbox.Inbox.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The rows of the inbox that stand already for events which ask to be admitted.
 */
final class KnownRows {

	private static final String KNOWN = "select event_key, digest, state, token from busbar_inbox where event_key = any(?)";

	// Without "offset 0" PostgreSQL reads a table of up to some 20,000 rows whole for 200
	// keys, which takes ten times as long.
	private static final String KNOWN_ONE_BY_ONE = """
			select i.event_key, i.digest, i.state, i.token
			from unnest(cast(? as bytea array)) as k (event_key)
				cross join lateral (select event_key, digest, state, token from busbar_inbox
					where busbar_inbox.event_key = k.event_key offset 0) i
			""";

	private final JdbcTemplate jdbc;

	private final StoreSchema schema;

	KnownRows(PlannedTemplate jdbc, StoreSchema schema) {
		this.jdbc = jdbc;
		this.schema = schema;
	}

	/**
	 * Looks for the rows of some events.
	 * @param candidates the events
	 * @return by the key as text; no entry for those that have no row
	 */
	Map<String, Known> of(List<InboxCandidate> candidates) {
		Map<String, Known> known = new HashMap<>();
		Object[] keys = candidates.stream().map(InboxCandidate::key).toArray(byte[][]::new);
		this.jdbc.query(this.schema.insertsTogether() ? KNOWN_ONE_BY_ONE : KNOWN, (row) -> {
			known.put(HexFormat.of().formatHex(row.getBytes(1)), new Known(row.getBytes(2),
					InboxEntry.State.valueOf(row.getString(3)), row.getObject(4, UUID.class)));
		}, new SqlArrayValue("bytea", keys));
		return known;
	}

	/**
	 * A row that stands already.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Known(byte[] digest, InboxEntry.State state, @Nullable UUID token) {

		Verdict verdict(InboxCandidate candidate) {
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
