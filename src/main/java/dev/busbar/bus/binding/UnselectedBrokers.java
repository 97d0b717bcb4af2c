package dev.busbar.bus.binding;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.binding.BrokerClients.Client;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves out Spring Boot's auto-configuration of each broker that is neither selected nor
 * named as one whose {@link BrokerClients client} the application uses itself, so that it
 * costs no bean, no connection and no health check. The binders bring their own
 * configuration along.
 */
class UnselectedBrokers implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final Map<String, Client> CLIENTS = Map.of("org.springframework.boot.amqp.", Client.RABBIT,
			"org.springframework.boot.kafka.", Client.KAFKA);

	private boolean selects;

	private Set<Client> wanted = Set.of();

	@Override
	public void setEnvironment(Environment environment) {
		String selected = environment.getProperty("spring.cloud.stream.default-binder", "");
		this.selects = !selected.isEmpty();
		this.wanted = EnumSet.noneOf(Client.class);
		this.wanted.addAll(Binder.get(environment).bindOrCreate("busbar.bus", BrokerClients.class).clients());
		for (Client client : Client.values()) {
			if (client.binder().equals(selected)) {
				this.wanted.add(client);
			}
		}
	}

	@Override
	public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[classes.length];
		for (int i = 0; i < classes.length; i++) {
			matches[i] = !this.selects || isWanted(classes[i]);
		}
		return matches;
	}

	private boolean isWanted(@Nullable String name) {
		return name == null || CLIENTS.entrySet()
			.stream()
			.noneMatch((client) -> name.startsWith(client.getKey()) && !this.wanted.contains(client.getValue()));
	}

}
