package dev.busbar.egress.http;

import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that declares nothing of disabled endpoints, and tells of them.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:endpoint-disabled;DB_CLOSE_DELAY=-1",
				"spring.application.name=endpoint-disabled", "server.address=127.0.0.1", "busbar.feed.enabled=true",
				"busbar.deliveries.allowed-networks=127.0.0.1/32" })
class EndpointDisabledTests {

	private final String gone = "gone-" + UUID.randomUUID().toString().substring(0, 8);

	private final HttpTester http;

	EndpointDisabledTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@Test
	void anotherSubscriptionGetsTheEvent() {
		try (Receiver gone = new Receiver().status("410 Gone"); Receiver watching = new Receiver()) {
			subscribe(this.gone, gone, "disabled.*");
			subscribe("watching-" + this.gone, watching, "busbar.*");
			post("/webhook", "{\"event\":\"disabled.tried\",\"data\":{\"key\":\"k\"}}", 200);
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !watching.requests().isEmpty());
			JsonNode event = JsonMapper.shared().readTree(watching.requests().get(0).body());
			assertThat(event.path("type").asString()).isEqualTo("busbar.endpoint-disabled");
			assertThat(event.path("source").asString()).isEqualTo("/endpoint-disabled");
			assertThat(event.path("data").path("subscription").asString()).isEqualTo(this.gone);
			assertThat(event.path("data").path("reason").asString()).isEqualTo("gone");
		}
	}

	private void subscribe(String name, Receiver receiver, String types) {
		post("/subscriptions",
				"{\"name\":\"" + name + "\",\"url\":\"" + receiver.url() + "\",\"types\":[\"" + types + "\"]}", 201);
	}

	private void post(String path, String body, int status) {
		assertThat(this.http.post(path, body, "Content-Type", "application/json").statusCode()).isEqualTo(status);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@EventType("disabled.tried")
		record Tried(@EventKey String key) {
		}

		@Bean
		Consumer<Tried> take() {
			return (tried) -> {
			};
		}

	}

}
