package dev.busbar.handler.batch;

import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.remote.RemoteProperties;
import dev.busbar.outbox.EventPublisher;
import dev.busbar.outbox.RelayConfiguration;
import dev.busbar.outbox.remote.RemoteWork;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Handlers that are clients elsewhere.
 */
@AutoConfiguration(after = RelayConfiguration.class)
@ConditionalOnBean({ HandlerBatches.class, RemoteWork.class, EventPublisher.class })
@EnableConfigurationProperties(RemoteProperties.class)
public final class RemoteConfiguration {

	@Bean
	RemoteHandling busbarRemoteHandling(HandlerBatches batches, HandlingProperties.Handlers handlers, EventTypes types,
			RemoteWork work, EventPublisher events) {
		return batches.remote(handlers, types, work, events);
	}

}
