package dev.busbar.handler;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.event.NonRetryable;
import dev.busbar.handler.RetryProperties.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RetryPolicyTests {

	private static final HandlingProperties DEFAULTS = new HandlingProperties(3, Duration.ofMillis(200),
			Duration.ofSeconds(5), 200, Duration.ofMillis(500), Duration.ofSeconds(30));

	@Test
	void aHandlerWithoutSettingsHasThoseOfAllHandlers() {
		assertThat(policy(Map.of())).isEqualTo(RetryPolicy.of(DEFAULTS));
		assertThat(policy(Map.of()).jitter()).isEqualTo(0.2);
		RetryPolicy policy = policy(Map.of("jitter", "0"));
		assertThat(policy.pauseAfter(1)).isEqualTo(Duration.ofMillis(200));
		assertThat(policy.pauseAfter(3)).isEqualTo(Duration.ofMillis(800));
		assertThat(policy.pauseAfter(50)).isEqualTo(Duration.ofSeconds(5));
		assertThat(policy.delayAfter(3)).isNull();
		assertThat(policy.most()).isEqualTo(3);
	}

	@Test
	void delaysFollowTheAttemptsInPlace() {
		RetryPolicy policy = policy(Map.of("attempts", "2", "delays", "1m,10m", "order", "overtake", "jitter", "0"));
		assertThat(policy.order()).isEqualTo(Order.OVERTAKE);
		assertThat(policy.delayAfter(1)).isNull();
		assertThat(policy.delayAfter(2)).isEqualTo(Duration.ofMinutes(1));
		assertThat(policy.delayAfter(3)).isEqualTo(Duration.ofMinutes(10));
		assertThat(policy.delayAfter(4)).isNull();
		assertThat(policy.most()).isEqualTo(4);
	}

	@Test
	void jitterVariesPausesWithinItsPart() {
		RetryPolicy policy = policy(Map.of("backoff", "1s", "max-backoff", "1300ms", "jitter", "0.5"));
		List<Duration> pauses = java.util.stream.IntStream.range(0, 100).mapToObj((i) -> policy.pauseAfter(1)).toList();
		assertThat(pauses).allMatch((pause) -> pause.toMillis() >= 500 && pause.toMillis() <= 1300);
		assertThat(pauses.stream().distinct().count()).isGreaterThan(10);
	}

	@Test
	void exceptionsThatAreMarkedOrNamedAreNotTriedAgainNorWhatTheyCaused() {
		RetryPolicy policy = policy(Map.of("never", "java.lang.IllegalArgumentException"));
		assertThat(policy.mayHelp(new IllegalStateException())).isTrue();
		assertThat(policy.mayHelp(new NumberFormatException())).isFalse();
		assertThat(policy.mayHelp(new RuntimeException(new IllegalArgumentException()))).isFalse();
		assertThat(policy.mayHelp(new RuntimeException(new WorseThanHopeless()))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "attempts, 0", "attempts, 101", "backoff, -1s", "backoff, 6s", "max-backoff, 100ms", "jitter, 1.1",
			"jitter, -0.1", "jitter, NaN", "delays, 0s", "delays, -1m", "delays, 366d", "never, no.such.Exception",
			"never, java.lang.String" })
	void whatIsOutOfRangeIsRefusedWithItsPropertyAndARemedy(String setting, String value) {
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> policy(Map.of(setting, value)))
			.withMessageContaining("busbar.handlers.bookInvoice.retry.");
	}

	private static RetryPolicy policy(Map<String, String> settings) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		settings.forEach((name, value) -> source.put("busbar.handlers.bookInvoice.retry." + name, value));
		return new Binder(source).bindOrCreate("busbar", HandlingProperties.Handlers.class)
			.retry("bookInvoice", DEFAULTS);
	}

	@NonRetryable
	static class Hopeless extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	static class WorseThanHopeless extends Hopeless {

		private static final long serialVersionUID = 1L;

	}

}
