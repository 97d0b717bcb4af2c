package dev.busbar.binder.jdbc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.support.ErrorMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Functions of Spring Cloud Stream that know nothing of Busbar.
 */
class JdbcBinderFunctionTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Map<String, String> BINDINGS = Map.of("spring.cloud.function.definition", "upper;sink",
			"spring.cloud.stream.bindings.upper-in-0.destination", "words",
			"spring.cloud.stream.bindings.upper-in-0.group", "upper",
			"spring.cloud.stream.bindings.upper-in-0.consumer.max-attempts", "2",
			"spring.cloud.stream.bindings.upper-in-0.consumer.back-off-initial-interval", "10",
			"spring.cloud.stream.bindings.upper-out-0.destination", "loud",
			"spring.cloud.stream.bindings.sink-in-0.destination", "loud",
			"spring.cloud.stream.bindings.sink-in-0.group", "sink");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path folder;

	private LogApplication start(Map<String, String> more) {
		Map<String, String> properties = new java.util.HashMap<>(BINDINGS);
		properties.putAll(more);
		return new LogApplication("jdbc:h2:file:" + this.folder.resolve("log").toAbsolutePath() + ";WRITE_DELAY=0",
				properties, Functions.class);
	}

	@Test
	void aFunctionTakesAndGives() {
		try (LogApplication application = start(Map.of())) {
			application.bean(StreamBridge.class).send("words", "hello");
			Functions functions = application.bean(Functions.class);
			await().atMost(LONG).untilAsserted(() -> assertThat(functions.sunk).containsExactly("HELLO"));
		}
	}

	@Test
	void aFailingMessageIsTriedUntilItSucceedsAndHoldsThoseBehindIt() {
		try (LogApplication application = start(Map.of())) {
			Functions functions = application.bean(Functions.class);
			functions.failures.set(5);
			application.bean(StreamBridge.class).send("words", "one");
			application.bean(StreamBridge.class).send("words", "two");
			await().atMost(LONG).untilAsserted(() -> assertThat(functions.sunk).containsExactly("ONE", "TWO"));
			assertThat(functions.failures.get()).isNegative();
		}
	}

	@Test
	void anErrorHandlerTakesWhatFailedAfterItsAttempts() {
		try (LogApplication application = start(
				Map.of("spring.cloud.stream.bindings.upper-in-0.error-handler-definition", "failed"))) {
			Functions functions = application.bean(Functions.class);
			functions.failures.set(2);
			application.bean(StreamBridge.class).send("words", "one");
			application.bean(StreamBridge.class).send("words", "two");
			await().atMost(LONG).untilAsserted(() -> assertThat(functions.sunk).containsExactly("TWO"));
			assertThat(functions.failed).hasSize(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		private final AtomicInteger failures = new AtomicInteger();

		private final List<String> sunk = new CopyOnWriteArrayList<>();

		private final List<Throwable> failed = new CopyOnWriteArrayList<>();

		@Bean
		Function<String, String> upper() {
			return (word) -> {
				if (this.failures.getAndDecrement() > 0) {
					throw new IllegalStateException("not yet");
				}
				return word.toUpperCase(java.util.Locale.ROOT);
			};
		}

		@Bean
		Consumer<String> sink() {
			return this.sunk::add;
		}

		@Bean
		Consumer<ErrorMessage> failed() {
			return (message) -> this.failed.add(message.getPayload());
		}

	}

}
