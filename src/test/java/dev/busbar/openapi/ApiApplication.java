package dev.busbar.openapi;

import java.util.function.Function;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application with all that Busbar has on HTTP.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ApiApplication {

	/** Answered, or a failure below 0. */
	@EventType("api.asked")
	record Asked(@EventKey String key, int number) {
	}

	@EventType("api.answered")
	record Answered(@EventKey String key, int number) {
	}

	@Bean
	Function<Asked, Answered> answer() {
		return (asked) -> {
			if (asked.number() < 0) {
				throw new IllegalStateException("no");
			}
			return new Answered(asked.key(), asked.number());
		};
	}

}
