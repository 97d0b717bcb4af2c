package dev.busbar.outbox.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.function.ToDoubleFunction;

import javax.sql.DataSource;

import dev.busbar.store.EventKeys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What waits in the outbox, in numbers. One query for all of them, every five seconds at
 * most and only when somebody asks.
 */
public final class OutboxMetrics implements MeterBinder {

	private static final long FRESH_NANOS = 5_000_000_000L;

	private static final String COUNT = """
			select coalesce(sum(case when kind = 'EVENT' and due <= ? then 1 else 0 end), 0) as waiting,
				coalesce(sum(case when kind = 'EVENT' and due > ? then 1 else 0 end), 0) as scheduled,
				coalesce(sum(case when kind <> 'EVENT' then 1 else 0 end), 0) as redeliveries,
				min(case when kind = 'EVENT' and due <= ? then greatest(stored, due) end) as oldest
			from busbar_outgoing where application = ?
			""";

	private final JdbcTemplate jdbc;

	private final String application;

	private final Clock clock;

	private Numbers numbers = new Numbers(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

	private long counted = System.nanoTime() - FRESH_NANOS;

	/**
	 * Creates the metrics.
	 * @param dataSource the application's database
	 * @param application the consumer group
	 * @param clock tells how old events are
	 */
	public OutboxMetrics(DataSource dataSource, String application, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = EventKeys.storable(application);
		this.clock = clock;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "busbar.outbox.waiting", "Events that are due and not yet published", Numbers::waiting);
		gauge(registry, "busbar.outbox.scheduled", "Events whose time has not come", Numbers::scheduled);
		gauge(registry, "busbar.outbox.redeliveries", "Delayed attempts, parked events and replays that are not done",
				Numbers::redeliveries);
		gauge(registry, "busbar.outbox.oldest", "How long the oldest event has waited to be published, in seconds",
				Numbers::oldest);
	}

	private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Numbers> value) {
		Gauge.builder(name, this, (metrics) -> value.applyAsDouble(metrics.numbers()))
			.description(description)
			.register(registry);
	}

	private synchronized Numbers numbers() {
		if (System.nanoTime() - this.counted >= FRESH_NANOS) {
			this.numbers = count();
			this.counted = System.nanoTime();
		}
		return this.numbers;
	}

	private Numbers count() {
		Instant now = this.clock.instant();
		OffsetDateTime time = now.atOffset(ZoneOffset.UTC);
		try {
			return this.jdbc.query(COUNT, (row, index) -> {
				OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
				double age = (oldest != null) ? Duration.between(oldest.toInstant(), now).toMillis() / 1000.0 : 0;
				return new Numbers(row.getLong("waiting"), row.getLong("scheduled"), row.getLong("redeliveries"),
						Math.max(0, age));
			}, time, time, time, this.application).get(0);
		}
		catch (DataAccessException ex) {
			return new Numbers(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
		}
	}

	private record Numbers(double waiting, double scheduled, double redeliveries, double oldest) {

	}

}
