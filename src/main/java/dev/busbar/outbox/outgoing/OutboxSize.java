package dev.busbar.outbox.outgoing;

import javax.sql.DataSource;

import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How many events for everyone wait, scheduled ones included. It is counted once a second
 * at most, and only when asked for; what this instance adds and publishes in between is
 * added up. Other instances may so exceed the limit by what they store in a second.
 */
public final class OutboxSize {

	private static final long FRESH_NANOS = 1_000_000_000L;

	private static final String COUNT = """
			select count(*) from (select 1 from busbar_outgoing where application = ? and kind = 'EVENT' limit ?) c
			""";

	private final JdbcTemplate jdbc;

	private final String application;

	private final int max;

	private long size;

	private long counted;

	private boolean known;

	/**
	 * Creates the measure.
	 * @param dataSource the application's database
	 * @param application the consumer group
	 * @param max how many events may wait
	 */
	public OutboxSize(DataSource dataSource, String application, int max) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = EventKeys.storable(application);
		this.max = max;
	}

	/**
	 * Why no more events can be stored.
	 * @param more how many
	 * @return what is wrong, null if they can
	 */
	synchronized @Nullable String refusal(int more) {
		long now = System.nanoTime();
		if (!this.known || now - this.counted > FRESH_NANOS) {
			Long count = this.jdbc.queryForObject(COUNT, Long.class, this.application, this.max + 1L);
			this.size = (count != null) ? count : 0;
			this.counted = System.nanoTime();
			this.known = true;
		}
		return (this.size + more > this.max) ? "The outbox holds " + this.size + " events, and at most " + this.max
				+ " may wait (busbar.outbox.max-events)" : null;
	}

	/** This instance has committed some. */
	synchronized void added(int events) {
		this.size += events;
	}

	/** This instance has published some. */
	synchronized void removed(int events) {
		this.size = Math.max(0, this.size - events);
	}

}
