package dev.busbar.bus.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.EventStreams;
import dev.busbar.bus.kafka.metrics.ClientMetrics;
import dev.busbar.bus.kafka.metrics.ClientUpkeep;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.cloud.stream.binder.kafka.KafkaMessageChannelBinder;
import org.springframework.cloud.stream.binder.kafka.config.ClientFactoryCustomizer;
import org.springframework.cloud.stream.binder.kafka.support.ProducerConfigCustomizer;
import org.springframework.cloud.stream.config.BindingServiceProperties;
import org.springframework.cloud.stream.config.ConsumerEndpointCustomizer;
import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.kafka.inbound.KafkaMessageDrivenChannelAdapter;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.support.converter.BatchMessagingMessageConverter;
import org.springframework.messaging.MessageChannel;

/**
 * Kafka as the bus, if it is the default binder.
 */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@ConditionalOnClass(KafkaMessageChannelBinder.class)
@ConditionalOnProperty(name = "spring.cloud.stream.default-binder", havingValue = "kafka")
@EnableConfigurationProperties({ KafkaProperties.class, KafkaBusProperties.class })
class KafkaBusConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(KafkaBusConfiguration.class);

	/** Beyond the producer's own deadline, after which it gives up by itself. */
	private static final Duration GRACE = Duration.ofSeconds(1);

	@Bean
	static KafkaSslBundle busbarKafkaSslBundle(ConfigurableEnvironment environment) {
		return new KafkaSslBundle(environment);
	}

	@Bean
	KafkaSettings busbarKafkaSettings(Environment environment, KafkaProperties boot,
			ObjectProvider<KafkaConnectionDetails> connection) {
		return new KafkaSettings(environment, boot, connection);
	}

	@Bean
	KafkaEventSender kafkaEventSender(KafkaSettings settings, EventStreams streams, BindingServiceProperties bindings,
			ObjectProvider<ProducerConfigCustomizer> customizers) {
		List<String> unread = settings.unread(streams);
		if (!unread.isEmpty()) {
			logger.warn("Not used, because all streams share one producer: {}. Set it for all of them, below "
					+ "spring.cloud.stream.kafka.default.producer or spring.cloud.stream.kafka.binder.producer-properties",
					unread);
		}
		Map<String, Object> config = settings.producer();
		customizers.orderedStream().forEach((customizer) -> customizer.configure(config, "busbar", "busbar"));
		Duration patience = Duration
			.ofMillis(Long.parseLong(String.valueOf(config.get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG))))
			.plus(GRACE);
		return new KafkaEventSender(
				() -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()),
				(stream) -> bindings.getBindingDestination(stream.output()), patience);
	}

	@Bean
	KafkaBrokerProbe kafkaBrokerProbe(KafkaSettings settings, KafkaBusProperties properties) {
		return new KafkaBrokerProbe(settings.addresses(), settings.admin(), properties.probeTimeout());
	}

	@Bean
	KafkaTopics kafkaTopics(EventStreams streams, KafkaSettings settings) {
		return new KafkaTopics(streams, settings);
	}

	@Bean
	IdleProducers kafkaIdleProducers() {
		return new IdleProducers();
	}

	@Bean
	ClientUpkeep busbarKafkaUpkeep() {
		return new ClientUpkeep();
	}

	/** In place of the binder's own; a user's one of this name wins. */
	@Bean("binderClientFactoryCustomizer")
	@ConditionalOnMissingBean(name = "binderClientFactoryCustomizer")
	ClientFactoryCustomizer busbarKafkaMetrics(ObjectProvider<MeterRegistry> registries, ClientUpkeep upkeep) {
		return new ClientMetrics(registries, upkeep);
	}

	@Bean(KafkaBindings.CONVERTER)
	BatchMessagingMessageConverter busbarKafkaConverter() {
		BatchMessagingMessageConverter converter = new BatchMessagingMessageConverter(null);
		converter.setHeaderMapper(new HeaderBytes());
		return converter;
	}

	@Bean(KafkaBindings.ERROR_HANDLER)
	CommonErrorHandler busbarKafkaErrorHandler() {
		return new UnlimitedErrorHandler();
	}

	/**
	 * The stock error channel of a binding logs each failure with its stack, also that of
	 * a delivery that is given back when handling stops. A user's own customizer wins.
	 */
	@Bean
	@Fallback
	ConsumerEndpointCustomizer<KafkaMessageDrivenChannelAdapter<?, ?>> busbarKafkaEndpoints(
			ObjectProvider<EventStreams> streams, BindingServiceProperties bindings) {
		return (endpoint, destination, group) -> {
			if (isOurs(destination, group, streams, bindings)) {
				endpoint.setErrorChannel(failing());
			}
		};
	}

	/**
	 * A user's own customizer, of whatever type, takes its place: a binder wants one.
	 */
	@Bean
	@ConditionalOnMissingBean(ListenerContainerCustomizer.class)
	@SuppressWarnings("unchecked") // it takes containers of any type
	ListenerContainerCustomizer<AbstractMessageListenerContainer<?, ?>> busbarKafkaContainers(
			ObjectProvider<EventStreams> streams, BindingServiceProperties bindings, ClientUpkeep upkeep) {
		ListenerContainerCustomizer<?> customizer = new KafkaContainers(
				(destination, group) -> isOurs(destination, group, streams, bindings), upkeep.scheduler());
		return (ListenerContainerCustomizer<AbstractMessageListenerContainer<?, ?>>) customizer;
	}

	private static boolean isOurs(String destination, String group, ObjectProvider<EventStreams> streams,
			BindingServiceProperties bindings) {
		return streams.stream()
			.flatMap((all) -> all.all().stream())
			.anyMatch((stream) -> (stream.handled() && isOf(stream.input(), destination, group, bindings))
					|| isOf(stream.feed(), destination, group, bindings));
	}

	private static boolean isOf(String binding, String destination, String group, BindingServiceProperties bindings) {
		return bindings.getBindingDestination(binding).equals(destination) && group.equals(bindings.getGroup(binding));
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
