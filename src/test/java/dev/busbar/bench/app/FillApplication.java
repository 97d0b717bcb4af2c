package dev.busbar.bench.app;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.app.BenchEvents.OrderPlaced;
import dev.busbar.event.Event;
import dev.busbar.outbox.EventPublisher;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Stores orders in the log of the embedded broker, and ends: {@code bench.backlog} of
 * them, with {@code bench.keys} keys and notes of {@code bench.note} characters.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@AutoConfigurationPackage
public class FillApplication {

	private static final int BATCH = 1_000;

	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(FillApplication.class, args);
		context.close();
	}

	@Bean
	CommandLineRunner fill(EventPublisher publisher, JdbcTemplate db,
			@org.springframework.beans.factory.annotation.Value("${bench.backlog}") int backlog,
			@org.springframework.beans.factory.annotation.Value("${bench.keys}") int keys,
			@org.springframework.beans.factory.annotation.Value("${bench.note}") int note) {
		return (args) -> {
			String text = "x".repeat(note);
			Instant time = Instant.now();
			int batch = (note > 5_000) ? 10 : BATCH;
			for (int first = 0; first < backlog; first += batch) {
				List<Event<?>> events = new ArrayList<>(batch);
				for (int i = first; i < Math.min(backlog, first + batch); i++) {
					OrderPlaced order = new OrderPlaced("o-" + i, "c-" + i % keys, i / keys, "book", 3,
							new BigDecimal("123.45"), text);
					events.add(new Event<>("o-" + i, "/bench", "order.placed", null, time, null, null, null, null, null,
							Map.of(), order));
				}
				publisher.publish(events);
			}
		};
	}

}
