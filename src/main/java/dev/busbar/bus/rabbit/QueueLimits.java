package dev.busbar.bus.rabbit;

import java.util.List;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * Refuses the limits that a user has set for the queues of all bindings: those of events,
 * too, would drop what nobody has handled yet. No value of a single binding takes such a
 * default back.
 */
final class QueueLimits {

	private static final List<String> LIMITS = List.of("ttl", "expires", "max-length", "max-length-bytes");

	private QueueLimits() {
	}

	/**
	 * Looks for them.
	 * @param environment what the user has set
	 * @throws InvalidConfigurationPropertyValueException naming one, and the remedy
	 */
	static void refuse(Environment environment) {
		for (String side : List.of("consumer", "producer")) {
			for (String limit : LIMITS) {
				String name = "spring.cloud.stream.rabbit.default." + side + "." + limit;
				String value = environment.getProperty(name);
				if (value != null) {
					throw new InvalidConfigurationPropertyValueException(name, value,
							"It holds for the queues of events, too, which would drop what nobody has handled yet. "
									+ "Set it for the bindings that you mean: spring.cloud.stream.rabbit.bindings."
									+ "<binding>." + side + "." + limit + ".");
				}
			}
		}
	}

}
