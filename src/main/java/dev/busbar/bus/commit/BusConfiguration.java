package dev.busbar.bus.commit;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerProbe;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.EventStreams;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;

/**
 * The bus, the watch over its broker and the broker's health.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@EnableConfigurationProperties(BusProperties.class)
class BusConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BrokerWatch brokerWatch(ObjectProvider<BrokerProbe> probe, BusProperties properties,
			ApplicationEventPublisher publisher) {
		return new BrokerWatch(probe.getIfAvailable(), properties.probeInterval(), publisher::publishEvent);
	}

	@Bean
	@ConditionalOnMissingBean(EventBus.class)
	GroupCommitBus eventBus(EventStreams streams, EventSender sender, BrokerWatch watch,
			ObjectProvider<Backlog> backlog, BusProperties properties) {
		return new GroupCommitBus(streams, sender, watch, backlog.getIfAvailable(), properties);
	}

	@Bean
	@ConditionalOnEnabledHealthIndicator("broker")
	BrokerHealth brokerHealthIndicator(BrokerWatch watch, ObjectProvider<Backlog> backlog) {
		return new BrokerHealth(watch, backlog.getIfAvailable());
	}

}
