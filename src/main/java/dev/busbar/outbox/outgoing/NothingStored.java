package dev.busbar.outbox.outgoing;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/**
 * Whether an application has no row in {@code busbar_outgoing}, whatever its slot, type
 * and time: then nothing waits. On PostgreSQL this costs a sixth of the questions that
 * name slots and types, since the driver prepares it on the server and those are planned
 * each time. PostgreSQL keeps its plan until the table is analyzed, so that it may read
 * the whole of a table that was small then. Therefore it is not asked for a while when it
 * took long, failed, or found a row; then one thread asks, and the others only once that
 * has brought a good answer.
 *
 * <p>
 * Nothing is remembered but that pause: each answer is of the time when it was asked for.
 * H2 has the result of an equal query only as long as the table did not change.
 */
final class NothingStored {

	static final Duration LONG = Duration.ofMillis(20);

	/** For how long it is not asked at least. */
	static final Duration PAUSE = Duration.ofSeconds(1);

	/** For how many times as long as it took it is not asked. */
	static final int PAUSES = 100;

	/** For how long it is not asked at most: by default PostgreSQL analyzes as often. */
	static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	private static final String ROW = "select 1 from busbar_outgoing where application = ? limit 1";

	private final JdbcTemplate jdbc;

	private final String application;

	private final LongSupplier nanos;

	/** Null while it is worth it to ask. */
	private final AtomicReference<@Nullable Pause> pause = new AtomicReference<>();

	/**
	 * Creates the question.
	 * @param jdbc the application's database
	 * @param application the consumer group, as it is stored
	 * @param nanos a clock as {@link System#nanoTime()}
	 */
	NothingStored(JdbcTemplate jdbc, String application, LongSupplier nanos) {
		this.jdbc = jdbc;
		this.application = application;
		this.nanos = nanos;
	}

	/**
	 * Asks, unless that is not worth it now. Inside a transaction it sees what that has
	 * stored.
	 * @return true if there is no row; false says nothing
	 */
	boolean holds() {
		Pause over = this.pause.get();
		Pause trial = null;
		if (over != null) {
			long now = this.nanos.getAsLong();
			trial = new Pause(now + PAUSE.toNanos());
			if (now - over.end() < 0 || !this.pause.compareAndSet(over, trial)) {
				return false;
			}
		}
		Pause tried = trial;
		return Boolean.TRUE.equals(this.jdbc.execute(ROW, (PreparedStatement statement) -> ask(statement, tried)));
	}

	// The wait for a connection is none of the question's.
	private boolean ask(PreparedStatement statement, @Nullable Pause trial) throws SQLException {
		statement.setString(1, this.application);
		boolean nothing = false;
		long start = this.nanos.getAsLong();
		try (ResultSet row = statement.executeQuery()) {
			nothing = !row.next();
		}
		finally {
			long end = this.nanos.getAsLong();
			if (nothing && end - start <= LONG.toNanos()) {
				this.pause.compareAndSet(trial, null);
			}
			else {
				pauseUntil(end + Math.max(PAUSE.toNanos(), Math.min(PAUSES * (end - start), LONGEST_PAUSE.toNanos())));
			}
		}
		return nothing;
	}

	private void pauseUntil(long end) {
		this.pause.accumulateAndGet(new Pause(end),
				(known, mine) -> (known != null && known.end() - end > 0) ? known : mine);
	}

	/**
	 * A time without the question.
	 *
	 * @param end when it ends
	 */
	private record Pause(long end) {

	}

}
