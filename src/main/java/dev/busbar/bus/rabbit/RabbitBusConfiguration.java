package dev.busbar.bus.rabbit;

import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.rabbit.fetch.FetchLimit;
import dev.busbar.bus.rabbit.publish.RabbitEventSender;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.stream.binder.rabbit.RabbitMessageChannelBinder;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitExtendedBindingProperties;
import org.springframework.cloud.stream.config.BindingServiceConfiguration;
import org.springframework.cloud.stream.config.BindingServiceProperties;
import org.springframework.cloud.stream.config.ConsumerEndpointCustomizer;
import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.Environment;
import org.springframework.integration.amqp.inbound.AmqpInboundChannelAdapter;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.MessageChannel;

/**
 * RabbitMQ as the bus, if it is the default binder.
 */
@AutoConfiguration(after = { RabbitAutoConfiguration.class, BindingServiceConfiguration.class })
@ConditionalOnClass(RabbitMessageChannelBinder.class)
@ConditionalOnProperty(name = "spring.cloud.stream.default-binder", havingValue = "rabbit")
@EnableConfigurationProperties({ RabbitBusProperties.class, RabbitExtendedBindingProperties.class })
class RabbitBusConfiguration {

	/**
	 * The client reads nested headers by recursion, and a frame holds 26,000 levels of
	 * them: with the default stack one such message broke the connection again and again.
	 */
	private static final long READER_STACK = 64L * 1024 * 1024;

	RabbitBusConfiguration(Environment environment) {
		QueueLimits.refuse(environment);
	}

	@Bean
	ConnectionFactoryCustomizer busbarRabbitReaders(FetchLimit limit) {
		return (factory) -> {
			factory.setThreadFactory((work) -> new Thread(null, work, "busbar-rabbit-reader", READER_STACK));
			factory.setTrafficListener(limit);
		};
	}

	@Bean
	FetchLimit rabbitFetchLimit(RabbitBusProperties properties) {
		return new FetchLimit(properties.fetchedBytes());
	}

	@Bean
	RabbitEventSender rabbitEventSender(ConnectionFactory connections, BindingServiceProperties bindings,
			RabbitExtendedBindingProperties extended, RabbitBusProperties properties) {
		return new RabbitEventSender(connections, bindings, extended, properties);
	}

	@Bean
	OwnQueues rabbitOwnQueues() {
		return new OwnQueues();
	}

	/**
	 * A queue that is deleted cancels its consumer: looked for at once, not at the next
	 * try.
	 */
	@Bean
	ApplicationListener<ListenerContainerConsumerFailedEvent> busbarRabbitCancellations(
			ObjectProvider<BrokerWatch> watch) {
		return (event) -> watch.ifAvailable(BrokerWatch::suspect);
	}

	@Bean
	RabbitBrokerProbe rabbitBrokerProbe(CachingConnectionFactory connections, RabbitConnectionDetails details,
			OwnQueues queues) {
		return new RabbitBrokerProbe(connections,
				details.getAddresses().stream().map((address) -> address.host() + ":" + address.port()).toList(),
				queues);
	}

	@Bean
	FeedQueues rabbitFeedQueues(EventStreams streams, ConnectionFactory connections, BindingServiceProperties bindings,
			RabbitExtendedBindingProperties extended) {
		return new FeedQueues(streams, connections, bindings, extended);
	}

	@Bean
	PartitionExchanges rabbitPartitionExchanges(ConnectionFactory connections) {
		return new PartitionExchanges(connections);
	}

	@Bean
	@SuppressWarnings("removal")
	ListenerContainerCustomizer<MessageListenerContainer> busbarRabbitContainers(ObjectProvider<EventStreams> streams,
			BindingServiceProperties bindings, RabbitExtendedBindingProperties extended, PartitionExchanges exchanges,
			ObjectProvider<FeedQueues> declarations, OwnQueues own, FetchLimit limit) {
		return new BusbarContainers(streams, bindings, extended, exchanges, declarations, own, limit);
	}

	/**
	 * The stock error channel of a binding logs each failure with its stack, also that of
	 * a delivery that is given back when handling stops. A user's own customizer wins.
	 */
	@Bean
	@Fallback
	ConsumerEndpointCustomizer<AmqpInboundChannelAdapter> busbarRabbitEndpoints(ObjectProvider<EventStreams> streams,
			BindingServiceProperties bindings) {
		return (endpoint, destination, group) -> {
			boolean ours = streams.stream()
				.flatMap((all) -> all.all().stream())
				.anyMatch((stream) -> (stream.handled()
						&& bindings.getBindingDestination(stream.input()).equals(destination))
						|| (bindings.getBindingDestination(stream.feed()).equals(destination)
								&& group.equals(bindings.getGroup(stream.feed()))));
			if (ours) {
				endpoint.setErrorChannel(failing());
			}
		};
	}

	/** A channel whose failures are those that it is sent. */
	private static MessageChannel failing() {
		DirectChannel failing = new DirectChannel();
		failing.subscribe((message) -> {
			if (message.getPayload() instanceof RuntimeException failure) {
				throw failure;
			}
			throw new IllegalStateException(String.valueOf(message.getPayload()));
		});
		return failing;
	}

}
