package dev.busbar.egress.dispatch;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import dev.busbar.egress.delivery.DeliveryProperties;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.retention.Purge;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is removed of deliveries, and what stays, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DeliveryPurgesContract {

	private static final Instant LONG_AGO = Instant.parse("2030-01-01T00:00:00Z");

	private static final Instant NOW = LONG_AGO.plusSeconds(100);

	private static final DeliveryProperties DEFAULTS = new Binder(new MapConfigurationPropertySource())
		.bindOrCreate("busbar.deliveries", DeliveryProperties.class);

	private final TestDatabase database;

	DeliveryPurgesContract(TestDatabase database) {
		this.database = database.withTables();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void whatHasEndedGoesAfterItsRetentionAndThenItsAttemptsAndItsEvent() {
		delivery(1, "DELIVERED", LONG_AGO);
		delivery(2, "CANCELLED", LONG_AGO);
		delivery(3, "DEAD", LONG_AGO);
		delivery(4, "PENDING", null);
		delivery(5, "DELIVERED", NOW);
		assertThat(purge(EgressConfiguration.deliveryAttemptPurge(DEFAULTS))).isZero();
		assertThat(purge(EgressConfiguration.deliveryEventPurge(DEFAULTS))).isZero();
		assertThat(purge(EgressConfiguration.deliveryPurge(DEFAULTS))).isEqualTo(2);
		assertThat(purge(EgressConfiguration.deliveryAttemptPurge(DEFAULTS))).isEqualTo(2);
		assertThat(purge(EgressConfiguration.deliveryEventPurge(DEFAULTS))).isEqualTo(2);
		assertThat(numbers("select number from busbar_delivery order by number")).containsExactly(3L, 4L, 5L);
		assertThat(numbers("select number from busbar_delivery_event order by number")).containsExactly(3L, 4L, 5L);
		assertThat(numbers("select delivery from busbar_delivery_attempt order by delivery")).containsExactly(3L, 4L,
				5L);
		assertThat(purge(EgressConfiguration.deadDeliveryPurge(DEFAULTS))).isOne();
		assertThat(numbers("select number from busbar_delivery order by number")).containsExactly(4L, 5L);
	}

	private void delivery(long number, String state, @Nullable Instant ended) {
		this.database.jdbc().update("""
				insert into busbar_delivery_event (number, event_key, message, source, event_id, type, envelope, stored)
				values (?, ?, 'm', 's', 'e', 't', ?, ?)
				""", number, new byte[24], new byte[2], LONG_AGO.atOffset(ZoneOffset.UTC));
		this.database.jdbc()
			.update("""
					insert into busbar_delivery (number, application, subscription, event, type, state, attempts, tries, size,
						created, ended)
					values (?, 'app', 'one', ?, 't', ?, 1, 1, 0, ?, ?)
					""",
					number, number, state, LONG_AGO.atOffset(ZoneOffset.UTC),
					(ended != null) ? ended.atOffset(ZoneOffset.UTC) : null);
		this.database.jdbc()
			.update("insert into busbar_delivery_attempt (delivery, attempt, started, millis) values (?, 1, ?, 5)",
					number, LONG_AGO.atOffset(ZoneOffset.UTC));
	}

	private int purge(Purge purge) {
		return purge.chunk().remove(this.database.jdbc(), NOW.atOffset(ZoneOffset.UTC), 1000);
	}

	private List<Long> numbers(String sql) {
		return this.database.jdbc().queryForList(sql, Long.class);
	}

}
