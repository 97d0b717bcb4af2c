package dev.busbar.bus.binding;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves out Spring Boot's auto-configuration of each broker that is not selected, so
 * that it costs no bean, no connection and no health check. An application that needs it
 * all the same, for purposes of its own, imports it explicitly. The binders bring their
 * own configuration along.
 */
class UnselectedBrokers implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final Map<String, String> BROKERS = Map.of("org.springframework.boot.amqp.", "rabbit",
			"org.springframework.boot.kafka.", "kafka");

	private String selected = "";

	@Override
	public void setEnvironment(Environment environment) {
		this.selected = environment.getProperty("spring.cloud.stream.default-binder", "");
	}

	@Override
	public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[classes.length];
		for (int i = 0; i < classes.length; i++) {
			matches[i] = this.selected.isEmpty() || belongs(classes[i]);
		}
		return matches;
	}

	private boolean belongs(@Nullable String name) {
		return name == null || BROKERS.entrySet()
			.stream()
			.noneMatch((broker) -> name.startsWith(broker.getKey()) && !broker.getValue().equals(this.selected));
	}

}
