package dev.busbar.bench.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Types;
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
 * them, with {@code bench.keys} keys, notes of {@code bench.note} characters and
 * {@code bench.types} types.
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
			@org.springframework.beans.factory.annotation.Value("${bench.note}") int note,
			@org.springframework.beans.factory.annotation.Value("${bench.types}") int types) {
		return (args) -> {
			Orders orders = Orders.usual(backlog).withKeys(keys).withNote(note).withTypes(new Types(types, false));
			Instant time = Instant.now();
			int batch = (note > 5_000) ? 10 : BATCH;
			for (int first = 0; first < backlog; first += batch) {
				List<Event<?>> events = new ArrayList<>(batch);
				for (int i = first; i < Math.min(backlog, first + batch); i++) {
					events.add(new Event<>(Orders.id(i), "/bench", orders.types().type(i), null, time, orders.key(i),
							null, null, null, null, Map.of(), orders.data(i)));
				}
				publisher.publish(events);
			}
		};
	}

}
