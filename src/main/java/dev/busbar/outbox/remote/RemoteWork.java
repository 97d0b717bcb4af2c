package dev.busbar.outbox.remote;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Leases on what waits for remote handlers in {@code busbar_outgoing}: of each key the
 * first alone is ready, so that two clients never have events of one key at a time. All
 * methods join the running transaction, and hold no lock after it.
 */
public final class RemoteWork {

	private static final String READY = """
			select number, token, coalesce(octet_length(data), 0) + coalesce(octet_length(large_data), 0) as bytes
			from busbar_outgoing
			where application = ? and detail = ? and kind = 'REMOTE' and ready <= ? and lease is null
			order by ready, number limit ? for update skip locked
			""";

	private static final String LEASE = "update busbar_outgoing set lease = ?, ready = ? where number = ? and lease is null";

	private static final String EXPIRED = """
			select lease from busbar_outgoing
			where application = ? and detail = ? and kind = 'REMOTE' and ready <= ? and lease is not null
			order by ready, number limit ?
			""";

	private static final String FIND = """
			select token, event_key from busbar_outgoing where lease = ? and kind = 'REMOTE' and application = ?
				and detail = ?
			""";

	// First the inbox, as everywhere.
	private static final String LOCK = "select 1 from busbar_inbox where event_key = ? for update";

	private static final String END = "update busbar_outgoing set lease = null, ready = ? where lease = ? and token = ?";

	private static final String EXTEND = """
			update busbar_outgoing set ready = ? where lease = ? and kind = 'REMOTE' and ready > ?
			""";

	private final JdbcTemplate jdbc;

	private final RemoteSignal signal;

	private final Clock clock;

	/**
	 * Creates the work of all handlers.
	 * @param dataSource the application's database
	 * @param signal is told of what becomes ready
	 * @param clock tells when leases end
	 */
	public RemoteWork(DataSource dataSource, RemoteSignal signal, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.signal = signal;
		this.clock = clock;
	}

	/**
	 * Gives out what is ready, the oldest first.
	 * @param group the consumer group
	 * @param handler the handler's name
	 * @param limit how many at most
	 * @param bytes how large their data together at most, but for the first one
	 * @param length how long each lease is
	 * @return the leases; nobody else gets the same before they end
	 */
	public List<Leased> claim(String group, String handler, int limit, long bytes, Duration length) {
		Instant now = this.clock.instant();
		OffsetDateTime end = time(now.plus(length));
		List<Leased> claimed = new ArrayList<>();
		long[] total = new long[1];
		boolean[] full = new boolean[1];
		this.jdbc.query(READY, (row) -> {
			total[0] += row.getLong("bytes");
			full[0] |= !claimed.isEmpty() && total[0] > bytes;
			if (!full[0]) {
				claimed.add(new Leased(UUID.randomUUID(), row.getObject("token", UUID.class), row.getLong("number")));
			}
		}, EventKeys.storable(group), handler, time(now), limit);
		// Who locks no rows but some that others had (H2) finds their leases here.
		claimed.removeIf((work) -> this.jdbc.update(LEASE, work.lease(), end, work.number()) == 0);
		return claimed;
	}

	/**
	 * Leases that have ended without an answer.
	 * @param group the consumer group
	 * @param handler the handler's name
	 * @param limit how many at most
	 */
	public List<UUID> expired(String group, String handler, int limit) {
		return this.jdbc.queryForList(EXPIRED, UUID.class, EventKeys.storable(group), handler,
				time(this.clock.instant()), limit);
	}

	/**
	 * Ends a lease, if it still holds. What it was for is locked until the transaction
	 * ends, and ready for the next client unless something else becomes of it.
	 * @param group the consumer group
	 * @param handler the handler's name
	 * @param lease the lease
	 * @return the token of the redelivery, null if the lease does not hold any more
	 */
	public @Nullable UUID end(String group, String handler, UUID lease) {
		List<Leased> found = new ArrayList<>();
		List<byte[]> keys = new ArrayList<>();
		this.jdbc.query(FIND, (row) -> {
			found.add(new Leased(lease, row.getObject("token", UUID.class), 0));
			keys.add(row.getBytes("event_key"));
		}, lease, EventKeys.storable(group), handler);
		if (found.isEmpty()) {
			return null;
		}
		this.jdbc.queryForList(LOCK, Integer.class, keys.get(0));
		UUID token = found.get(0).token();
		if (this.jdbc.update(END, time(this.clock.instant()), lease, token) == 0) {
			return null;
		}
		this.signal.wakeAfterCommit();
		return token;
	}

	/**
	 * Makes a lease longer that has not ended.
	 * @param lease the lease
	 * @param length how long it is from now on
	 * @return when it ends, null if it does not hold any more
	 */
	public @Nullable Instant extend(UUID lease, Duration length) {
		Instant now = this.clock.instant();
		Instant end = now.plus(length);
		return (this.jdbc.update(EXTEND, time(end), lease, time(now)) > 0) ? end : null;
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	/**
	 * Work with a lease on it.
	 *
	 * @param lease what tells this lease from any other
	 * @param token the token of the redelivery
	 * @param number its number
	 */
	public record Leased(UUID lease, UUID token, long number) {

	}

}
