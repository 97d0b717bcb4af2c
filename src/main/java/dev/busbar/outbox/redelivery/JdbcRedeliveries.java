package dev.busbar.outbox.redelivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.bus.Backlog;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Redeliveries in {@code busbar_outgoing}.
 */
public final class JdbcRedeliveries implements Redeliveries {

	// What H2 holds in a VARBINARY is a mebibyte at most.
	private static final int LARGE = 1_000_000;

	// The sequence gives each call a range of its own.
	private static final int RANGE = 1000;

	private static final String REPLACE = """
			update busbar_outgoing set kind = ?, envelope = ?, data = ?, large_data = ?, due = ?, token = ?, gate = ?,
				attempts = ?, first_failure = ?, letter = ?, detail = ?, ready = ?, lease = null,
				original_headers = ?, original_payload = ?, original_broker = ?, original_destination = ?,
				original_partition = ?, original_position = ?
			where event_key = ? and kind <> 'EVENT'
			""";

	private static final String INSERT = """
			insert into busbar_outgoing (kind, envelope, data, large_data, due, token, gate, attempts, first_failure,
				letter, detail, ready, original_headers, original_payload, original_broker, original_destination,
				original_partition, original_position, event_key, number, application, slot, source, event_id, type,
				stored)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String FIND = """
			select kind, application, envelope, data, large_data, token, due, gate, attempts, first_failure, letter,
				detail, original_headers, original_payload, original_broker, original_destination, original_partition,
				original_position
			from busbar_outgoing where token = any(?)
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final CloudEvents codec;

	private final OriginalColumns originals;

	private final RelaySignal relay;

	private final RedeliveryGates gates;

	private final RemoteSignal remote;

	private final Clock clock;

	/**
	 * Creates redeliveries.
	 * @param dataSource the application's database
	 * @param codec writes and reads envelopes
	 * @param headers which headers of an original are kept
	 * @param relay is told of what is due now
	 * @param remote is told of work for remote handlers
	 * @param clock tells what is due
	 */
	public JdbcRedeliveries(DataSource dataSource, CloudEvents codec, LetterHeaders headers, RelaySignal relay,
			RemoteSignal remote, Clock clock) {
		this.relay = relay;
		this.remote = remote;
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.codec = codec;
		this.originals = new OriginalColumns(headers);
		this.gates = new RedeliveryGates(this.planned, relay, remote, clock);
		this.clock = clock;
	}

	@Override
	public void add(List<Redelivery> redeliveries) {
		long number = 0;
		int added = 0;
		for (Redelivery redelivery : redeliveries) {
			byte[] gate = redelivery.gate();
			if (gate != null) {
				this.gates.close(gate);
			}
			@Nullable Object[] columns = columns(redelivery);
			if (this.jdbc.update(REPLACE, columns) == 0) {
				number = (added++ % RANGE == 0) ? nextRange() : number + 1;
				insert(redelivery, columns, number);
			}
			Instant due = redelivery.due();
			if (due != null && !due.isAfter(this.clock.instant())) {
				this.relay.wakeAfterCommit();
			}
			if (isReady(redelivery)) {
				this.remote.wakeAfterCommit();
			}
		}
	}

	private long nextRange() {
		Long next = this.jdbc.queryForObject("select nextval('busbar_outgoing_seq')", Long.class);
		if (next == null) {
			throw new IllegalStateException("The sequence busbar_outgoing_seq gave no number");
		}
		return next;
	}

	// NullAway does not know that T of withData may be null.
	@SuppressWarnings("NullAway")
	private @Nullable Object[] columns(Redelivery redelivery) {
		Event<byte @Nullable []> event = redelivery.event();
		byte[] data = event.data();
		boolean large = data != null && data.length > LARGE;
		@Nullable Object[] first = { redelivery.kind().name(), this.codec.encode(event.withData(null)), large ? null : data,
				large ? data : null, time(redelivery.due()), redelivery.token(), redelivery.gate(),
				redelivery.attempts(), time(redelivery.firstFailure()), redelivery.letter(), redelivery.detail(),
				isReady(redelivery) ? now() : null };
		@Nullable Object[] last = { EventKeys.of(redelivery.group(), event.source(), event.id()) };
		return joined(first, joined(this.originals.of(redelivery), last));
	}

	private static @Nullable Object[] joined(@Nullable Object[] first, @Nullable Object[] second) {
		@Nullable Object[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	/** Without a gate nothing opens one, and there is nothing to wait for. */
	private static boolean isReady(Redelivery redelivery) {
		return redelivery.kind() == Redelivery.Kind.REMOTE && redelivery.gate() == null;
	}

	private void insert(Redelivery redelivery, @Nullable Object[] columns, long number) {
		Event<?> event = redelivery.event();
		Object[] others = { number, EventKeys.storable(redelivery.group()), Backlog.slot(event),
				EventKeys.storable(event.source()), EventKeys.storable(event.id()), EventKeys.storable(event.type()),
				now() };
		this.jdbc.update(INSERT, joined(columns, others));
	}

	@Override
	public Map<UUID, Redelivery> find(Collection<UUID> tokens) {
		Map<UUID, Redelivery> found = new HashMap<>();
		if (!tokens.isEmpty()) {
			this.planned.query(FIND, (row) -> {
				Redelivery redelivery = redelivery(row);
				found.put(redelivery.token(), redelivery);
			}, uuids(tokens));
		}
		return found;
	}

	private Redelivery redelivery(ResultSet row) throws SQLException {
		byte[] large = row.getBytes("large_data");
		byte @Nullable [] data = (large != null) ? large : row.getBytes("data");
		return new Redelivery(Redelivery.Kind.valueOf(row.getString("kind")), row.getString("application"),
				this.codec.decode(row.getBytes("envelope")).withData(data), row.getObject("token", UUID.class),
				instant(row, "due"), row.getBytes("gate"), row.getInt("attempts"), instant(row, "first_failure"),
				row.getObject("letter", UUID.class), row.getString("detail"), OriginalColumns.read(row, data));
	}

	@Override
	public void end(Collection<UUID> tokens) {
		if (!tokens.isEmpty()) {
			this.planned.update("delete from busbar_outgoing where token = any(?)", uuids(tokens));
		}
	}

	@Override
	public void park(Collection<UUID> tokens) {
		if (!tokens.isEmpty()) {
			this.planned.update("update busbar_outgoing set kind = 'PARKED', due = null where token = any(?)",
					uuids(tokens));
		}
	}

	@Override
	public byte @Nullable [] gate(String group, String stream, @Nullable String key) {
		return (key != null) ? RedeliveryGates.of(group, stream, key) : null;
	}

	@Override
	public Set<String> closed(Collection<byte[]> gates) {
		return this.gates.closed(gates);
	}

	@Override
	public List<UUID> waiting(byte[] gate, int limit) {
		return this.gates.waiting(gate, limit);
	}

	@Override
	public void open(Collection<byte[]> gates) {
		this.gates.open(gates);
	}

	private static SqlArrayValue uuids(Collection<UUID> tokens) {
		return new SqlArrayValue("uuid", tokens.toArray());
	}

	private OffsetDateTime now() {
		return this.clock.instant().atOffset(ZoneOffset.UTC);
	}

	private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
		return (instant != null) ? instant.atOffset(ZoneOffset.UTC) : null;
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

}
