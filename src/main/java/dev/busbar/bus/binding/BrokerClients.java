package dev.busbar.bus.binding;

import java.util.Locale;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which brokers the application speaks to itself, besides the bus.
 *
 * @param clients brokers whose client the application uses for purposes of its own (a
 * KafkaTemplate, a RabbitTemplate). Spring Boot's auto-configuration of a broker that is
 * neither selected nor named here is left out
 */
@ConfigurationProperties("busbar.bus")
record BrokerClients(@DefaultValue Set<Client> clients) {

	/** A broker whose client Spring Boot configures. */
	enum Client {

		/** RabbitMQ. */
		RABBIT,

		/** Apache Kafka. */
		KAFKA;

		String binder() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
