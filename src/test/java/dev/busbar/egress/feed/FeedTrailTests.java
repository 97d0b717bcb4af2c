package dev.busbar.egress.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.ingress.HttpTester;
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
 * The way of results over HTTP, there and back, on the embedded broker: of one that is
 * handled, and of one that nobody handles.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:feed-trail;DB_CLOSE_DELAY=-1",
				"spring.application.name=feed-trail", "server.address=127.0.0.1", "busbar.feed.enabled=true" })
class FeedTrailTests {

	private final HttpTester http;

	FeedTrailTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@Test
	void eachResultLeadsToItsCause() {
		assertThat(this.http
			.post("/webhook", "{\"event\":\"trail.asked\",\"id\":\"asked\",\"data\":{\"key\":\"k\"}}", "Content-Type",
					"application/json")
			.statusCode()).isEqualTo(200);
		JsonNode asked = await("asked", "handled");
		assertThat(asked.has("cause")).isFalse();
		String answered = asked.path("results").path(0).path("id").asString();
		JsonNode handled = await(answered, "handled");
		assertThat(handled.path("cause").asString()).isEqualTo("asked");
		String told = handled.path("results").path(0).path("id").asString();
		JsonNode last = await(told, "stored");
		assertThat(last.path("cause").asString()).isEqualTo(answered);
		assertThat(last.path("type").asString()).isEqualTo("trail.told");
		assertThat(last.path("source").asString()).isEqualTo("/feed-trail");
		assertThat(last.path("handled")).isEmpty();
		assertThat(Instant.parse(last.path("stored").asString())).isBefore(Instant.now().plusSeconds(60));
		assertThat(this.http.get("/events/" + told + "?source=/feed-trail").statusCode()).isEqualTo(200);
		assertThat(this.http.get("/events/" + told + "?source=/other").statusCode()).isEqualTo(404);
	}

	private JsonNode await(String id, String state) {
		return Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> JsonMapper.shared().readTree(this.http.get("/events/" + id).body()),
					(trail) -> trail.path("state").asString().equals(state));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@EventType("trail.asked")
		record Asked(@EventKey String key) {
		}

		@EventType("trail.answered")
		record Answered(@EventKey String key) {
		}

		@EventType("trail.told")
		record Told(@EventKey String key) {
		}

		@Bean
		Function<Asked, Answered> answer() {
			return (asked) -> new Answered(asked.key());
		}

		@Bean
		Function<Answered, Told> tell() {
			return (answered) -> new Told(answered.key());
		}

	}

}
