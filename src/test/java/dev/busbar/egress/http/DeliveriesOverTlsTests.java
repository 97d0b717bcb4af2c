package dev.busbar.egress.http;

import java.time.Duration;
import java.util.function.Consumer;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.Certificates;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An event that comes in and goes out over TLS, to a receiver whose authority the
 * configuration names.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:deliveries-tls;DB_CLOSE_DELAY=-1",
				"spring.application.name=deliveries-tls", "server.address=127.0.0.1", "busbar.feed.enabled=true",
				"busbar.deliveries.allowed-networks=127.0.0.1/32", "busbar.deliveries.ssl-bundle=receivers",
				"busbar.subscriptions.secure.types=tls.*",
				"busbar.subscriptions.secure.secret=" + DeliveriesOverTlsTests.SECRET })
class DeliveriesOverTlsTests {

	static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final Receiver RECEIVER = Receiver.secure(Certificates.shared().server());

	private final HttpTester http;

	DeliveriesOverTlsTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@DynamicPropertySource
	static void receivers(DynamicPropertyRegistry registry) {
		registry.add("spring.ssl.bundle.pem.receivers.truststore.certificate",
				() -> Certificates.shared().authority().toUri().toString());
		registry.add("busbar.subscriptions.secure.url", RECEIVER::url);
	}

	@AfterAll
	static void close() {
		RECEIVER.close();
	}

	@Test
	void anEventGoesOutToAReceiverThatTheBundleTrusts() throws Exception {
		assertThat(this.http
			.post("/webhook", "{\"event\":\"tls.tried\",\"data\":{\"key\":\"k\"}}", "Content-Type", "application/json")
			.statusCode()).isEqualTo(200);
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !RECEIVER.requests().isEmpty());
		RECEIVER.requests().get(0).verify(SECRET);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@EventType("tls.tried")
		record Tried(@EventKey String key) {
		}

		@Bean
		Consumer<Tried> take() {
			return (tried) -> {
			};
		}

	}

}
