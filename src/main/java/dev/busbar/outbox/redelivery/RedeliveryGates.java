package dev.busbar.outbox.redelivery;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.store.EventKeys;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The gates in {@code busbar_gate}: a row for each key of which redeliveries wait, so
 * that later events of the key wait behind them. All methods join the running
 * transaction.
 */
final class RedeliveryGates {

	private static final String IS_CLOSED = "select count(*) from busbar_gate where gate = ?";

	private static final String CLOSE = "insert into busbar_gate (gate) values (?)";

	private static final String CLOSED = """
			select gate from busbar_gate where gate = any(?) order by gate for update
			""";

	private static final String WAITING = "select token from busbar_outgoing where gate = ? order by number limit ?";

	private static final String HEAD = "select kind from busbar_outgoing where gate = ? order by number limit 1";

	private static final String WAKE = """
			update busbar_outgoing set due = ? where gate = ? and kind = 'PARKED' and due is null
			""";

	private static final String READY = """
			update busbar_outgoing set ready = ?
			where number = (select min(number) from busbar_outgoing where gate = ?) and ready is null
			""";

	private final JdbcTemplate jdbc;

	private final RelaySignal relay;

	private final RemoteSignal remote;

	private final Clock clock;

	RedeliveryGates(JdbcTemplate jdbc, RelaySignal relay, RemoteSignal remote, Clock clock) {
		this.jdbc = jdbc;
		this.relay = relay;
		this.remote = remote;
		this.clock = clock;
	}

	/** The gate of a key: a digest of group, stream and key. */
	static byte[] of(String group, String stream, String key) {
		return EventKeys.sha256(group, stream, key);
	}

	// Two statements: in one, with "where not exists", H2 did not see the row that the
	// same transaction had inserted before.
	void close(byte[] gate) {
		if (Integer.valueOf(0).equals(this.jdbc.queryForObject(IS_CLOSED, Integer.class, gate))) {
			this.jdbc.update(CLOSE, gate);
		}
	}

	/** Those that are closed, as hexadecimal text; they are locked. */
	Set<String> closed(Collection<byte[]> gates) {
		if (gates.isEmpty()) {
			return Set.of();
		}
		return new HashSet<>(this.jdbc.query(CLOSED, (row, index) -> HexFormat.of().formatHex(row.getBytes(1)),
				new SqlArrayValue("bytea", (Object[]) gates.toArray(byte[][]::new))));
	}

	/** The tokens of the first redeliveries that wait at a gate. */
	List<UUID> waiting(byte[] gate, int limit) {
		return this.jdbc.queryForList(WAITING, UUID.class, gate, limit);
	}

	/**
	 * Removes gates where nothing waits; has what is parked at the others sent, or given
	 * to its remote handler, if it is first.
	 */
	void open(Collection<byte[]> gates) {
		// One order for all, so that two transactions wait, but not for each other.
		Map<String, byte[]> sorted = new TreeMap<>();
		gates.forEach((gate) -> sorted.put(HexFormat.of().formatHex(gate), gate));
		Set<String> locked = closed(sorted.values());
		sorted.keySet().retainAll(locked);
		for (byte[] gate : sorted.values()) {
			List<String> head = this.jdbc.queryForList(HEAD, String.class, gate);
			if (head.isEmpty()) {
				this.jdbc.update("delete from busbar_gate where gate = ?", gate);
			}
			else {
				open(gate, Redelivery.Kind.valueOf(head.get(0)));
			}
		}
	}

	private void open(byte[] gate, Redelivery.Kind head) {
		OffsetDateTime now = this.clock.instant().atOffset(ZoneOffset.UTC);
		if (head == Redelivery.Kind.REMOTE) {
			if (this.jdbc.update(READY, now, gate) > 0) {
				this.remote.wakeAfterCommit();
			}
		}
		else if (head != Redelivery.Kind.RETRY && this.jdbc.update(WAKE, now, gate) > 0) {
			this.relay.wakeAfterCommit();
		}
	}

}
