package dev.busbar.outbox.outgoing;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/**
 * Whether an application has no row in {@code busbar_outgoing}, whatever its slot, type
 * and time: then nothing waits. On PostgreSQL this costs a tenth of the questions that
 * name slots and types, since the driver prepares it on the server and those are planned
 * each time. PostgreSQL keeps its plan until the table is analyzed, so that it may read
 * the whole of a table that was small then. Therefore whoever asks and has waited for
 * long, or got no for an answer, does without it for a while.
 */
final class NothingStored {

	static final Duration LONG = Duration.ofMillis(20);

	/** For how long it is not asked when there was a row. */
	static final Duration PAUSE = Duration.ofSeconds(1);

	/** For how many times as long as it took it is not asked when that was long. */
	static final int PAUSES = 100;

	private static final String ROW = "select 1 from busbar_outgoing where application = ? limit 1";

	private final JdbcTemplate jdbc;

	private final String application;

	private final LongSupplier nanos;

	private volatile long next;

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
		this.next = nanos.getAsLong();
	}

	/**
	 * Asks, unless that is not worth it now. Inside a transaction it sees what that has
	 * stored.
	 * @return true if there is no row; false says nothing
	 */
	boolean holds() {
		if (this.nanos.getAsLong() - this.next < 0) {
			return false;
		}
		return Boolean.TRUE.equals(this.jdbc.execute(ROW, (PreparedStatementCallback<Boolean>) this::ask));
	}

	// The wait for a connection is none of the question's.
	private boolean ask(PreparedStatement statement) throws SQLException {
		statement.setString(1, this.application);
		long start = this.nanos.getAsLong();
		boolean nothing;
		try (ResultSet row = statement.executeQuery()) {
			nothing = !row.next();
		}
		long end = this.nanos.getAsLong();
		if (end - start > LONG.toNanos()) {
			this.next = end + PAUSES * (end - start);
		}
		else if (!nothing) {
			this.next = end + PAUSE.toNanos();
		}
		return nothing;
	}

}
