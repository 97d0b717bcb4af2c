package dev.busbar.egress.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When deliveries are attempted, where nothing is configured.
 */
class RetryScheduleTests {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	private final DeliveryProperties defaults = new Binder(new MapConfigurationPropertySource(Map.of()))
		.bindOrCreate("busbar.deliveries", DeliveryProperties.class);

	@Test
	void thereAreEightAttemptsInMoreThanADay() {
		assertThat(this.defaults.schedule()).containsExactly(Duration.ZERO, Duration.ofSeconds(5),
				Duration.ofMinutes(5), Duration.ofMinutes(30), Duration.ofHours(2), Duration.ofHours(5),
				Duration.ofHours(10), Duration.ofHours(10));
		assertThat(this.defaults.deadline()).isEqualTo(Duration.ofSeconds(15));
		assertThat(schedule(0.5).first(NOW)).isEqualTo(NOW);
		assertThat(schedule(0.5).next(7, NOW, null)).isEqualTo(NOW.plus(Duration.ofHours(10)));
		assertThat(schedule(0.5).next(8, NOW, null)).isNull();
	}

	@Test
	void eachPauseIsUpToAFifthShorterOrLongerByChance() {
		assertThat(schedule(0).next(1, NOW, null)).isEqualTo(NOW.plusSeconds(4));
		assertThat(schedule(1).next(1, NOW, null)).isEqualTo(NOW.plusSeconds(6));
		assertThat(schedule(0).next(6, NOW, null)).isEqualTo(NOW.plus(Duration.ofHours(8)));
		assertThat(schedule(1).next(6, NOW, null)).isEqualTo(NOW.plus(Duration.ofHours(12)));
	}

	@Test
	void whatTheReceiverAsksForCountsIfItIsLater() {
		Instant later = NOW.plusSeconds(60);
		assertThat(schedule(0.5).next(1, NOW, later)).isEqualTo(later);
		assertThat(schedule(0.5).next(2, NOW, later)).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
		assertThat(schedule(0.5).next(8, NOW, later)).isNull();
	}

	private RetrySchedule schedule(double chance) {
		return new RetrySchedule(this.defaults.schedule(), this.defaults.jitter(), () -> chance);
	}

}
