package dev.busbar.egress.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance that sends no webhooks, beside one that does.
 */
class SilentInstanceTests {

	private final String database = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

	@Test
	void anInstanceThatSendsNothingWritesForOneThatDoes() {
		try (Receiver receiver = new Receiver();
				ConfigurableApplicationContext silent = start("--busbar.deliveries.enabled=false")) {
			HttpTester http = http(silent);
			post(http, "/subscriptions",
					"{\"name\":\"one\",\"url\":\"" + receiver.url() + "\",\"types\":[\"egress.*\"]}", 201);
			post(http, "/webhook", "{\"event\":\"egress.tried\",\"data\":{\"key\":\"k\",\"number\":1}}", 200);
			soon().until(() -> http.get("/deliveries?state=pending").body().contains("\"one\""));
			assertThat(receiver.connections()).isZero();
			try (ConfigurableApplicationContext sending = start()) {
				soon().until(() -> http(sending).get("/deliveries?state=delivered").body().contains("\"one\""));
				assertThat(receiver.requests()).hasSize(1);
			}
		}
	}

	private static void post(HttpTester http, String path, String body, int status) {
		assertThat(http.post(path, body, "Content-Type", "application/json").statusCode()).isEqualTo(status);
	}

	private ConfigurableApplicationContext start(String... arguments) {
		List<String> all = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1",
				"--spring.application.name=silent", "--spring.datasource.url=" + this.database,
				"--busbar.feed.enabled=true", "--busbar.deliveries.allowed-networks=127.0.0.1/32"));
		all.addAll(List.of(arguments));
		return new SpringApplicationBuilder(SubscriptionsOverHttpTests.Application.class)
			.run(all.toArray(String[]::new));
	}

	private static HttpTester http(ConfigurableApplicationContext application) {
		return new HttpTester(
				Objects.requireNonNull(((ServletWebServerApplicationContext) application).getWebServer()).getPort());
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50));
	}

}
