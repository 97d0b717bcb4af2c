package dev.busbar.bench.floor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.floor.Order.Result;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * A bare endpoint of Spring MVC that takes CloudEvents as JSON, one or several, and
 * answers when they are stored. With {@code partitions} the floor's handler runs beside
 * it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(FloorEndpoint.Events.class)
public class FloorEndpoint {

	private static Map<String, String> settings = Map.of();

	public static void main(String[] args) throws Exception {
		settings = Settings.of(args);
		SpringApplication spring = new SpringApplication(FloorEndpoint.class);
		spring.setDefaultProperties(Map.of("server.port", Settings.get(settings, "http"), "spring.flyway.enabled",
				"false", "spring.main.banner-mode", "off", "server.tomcat.max-keep-alive-requests", "10000",
				"spring.datasource.url", "jdbc:h2:mem:unused"));
		if (settings.containsKey("partitions")) {
			handle(args);
		}
		spring.run();
	}

	/** The floor's handler in the same program. */
	private static void handle(String[] args) throws Exception {
		if (settings.containsKey("brokers")) {
			FloorKafka.main(args);
		}
		else if (settings.containsKey("host")) {
			FloorRabbit.main(args);
		}
		else {
			FloorEmbedded.main(args);
		}
	}

	@Bean
	FloorPublisher publisher() throws Exception {
		return FloorPublisher.of(settings);
	}

	/** The endpoint. */
	@RestController
	static class Events {

		private final FloorPublisher publisher;

		private final JsonMapper json;

		Events(FloorPublisher publisher, JsonMapper json) {
			this.publisher = publisher;
			this.json = json;
		}

		@PostMapping("/events")
		ResponseEntity<Void> post(@RequestBody byte[] body) throws Exception {
			JsonNode root = this.json.readTree(body);
			List<Result> events = new ArrayList<>();
			for (JsonNode event : root.isArray() ? root : List.of(root)) {
				if (!event.required("specversion").asString().equals("1.0")) {
					return ResponseEntity.badRequest().build();
				}
				event.required("source");
				events.add(new Result(event.required("type").asString(), null, event.required("id").asString(),
						event.required("partitionkey").asString(), Instant.now(),
						this.json.writeValueAsBytes(event.required("data"))));
			}
			this.publisher.publish(events);
			return ResponseEntity.status(HttpStatus.ACCEPTED).build();
		}

	}

}
