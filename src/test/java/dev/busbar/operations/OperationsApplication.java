package dev.busbar.operations;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.busbar.event.DeadLettered;
import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application on the embedded broker whose handler fails for some keys.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class OperationsApplication {

	/** The prefixes of the keys at which the handler fails. */
	final Set<String> failing = ConcurrentHashMap.newKeySet();

	/** What it handled: id, key and number. */
	final List<String> handled = new CopyOnWriteArrayList<>();

	final List<DeadLettered> told = new CopyOnWriteArrayList<>();

	@EventType("ops.tried")
	record Tried(@EventKey String key, int number) {
	}

	static class NotToday extends RuntimeException {

		private static final long serialVersionUID = 1L;

		NotToday(String message) {
			super(message);
		}

	}

	@Bean
	Consumer<Event<Tried>> attempt() {
		return (event) -> {
			Tried tried = event.data();
			if (this.failing.stream().anyMatch(tried.key()::startsWith)) {
				throw new NotToday("no such key: " + tried.key());
			}
			this.handled.add(event.id() + " " + tried.key() + " " + tried.number()
					+ event.extensions().getOrDefault("sessionid", ""));
		};
	}

	@Bean
	Consumer<DeadLettered> hear() {
		return this.told::add;
	}

}
