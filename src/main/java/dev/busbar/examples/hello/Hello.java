package dev.busbar.examples.hello;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.busbar.event.Event;
import dev.busbar.event.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Logs a line for each {@code some_event}, whatever its data.
 */
@Configuration(proxyBeanMethods = false)
public class Hello {

	private static final Logger logger = LoggerFactory.getLogger(Hello.class);

	@Bean
	Consumer<Event<SomeEvent>> logSomeEvent() {
		return (event) -> logger.info("some_event {} with {}", event.id(), event.data().fields().keySet());
	}

	/**
	 * Data without a form of its own: any JSON object.
	 */
	@EventType("some_event")
	public static class SomeEvent {

		private final Map<String, Object> fields = new LinkedHashMap<>();

		@JsonAnyGetter
		public Map<String, Object> fields() {
			return this.fields;
		}

		@JsonAnySetter
		void put(String name, Object value) {
			this.fields.put(name, value);
		}

	}

}
