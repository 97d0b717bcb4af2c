package dev.busbar.failure.app;

import java.util.function.Consumer;

import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application with an event as the version before had it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ Journal.class, JournalController.class })
public class OlderApplication {

	@EventType("failure.upgraded")
	record Upgraded(@EventKey String key, int number) {
	}

	public static void main(String[] args) {
		SpringApplication.run(OlderApplication.class, args);
	}

	@Bean
	Consumer<Event<Upgraded>> upgrade(Journal journal) {
		return (event) -> journal.add(event, event.data().key(), event.data().number());
	}

}
