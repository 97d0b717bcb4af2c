package dev.busbar.binder.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.busbar.binder.jdbc.properties.JdbcConsumerProperties;
import dev.busbar.binder.jdbc.properties.JdbcProducerProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.cloud.function.cloudevent.CloudEventsFunctionExtensionConfiguration;
import org.springframework.cloud.function.context.config.ContextFunctionCatalogAutoConfiguration;
import org.springframework.cloud.stream.binder.BinderFactory;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.config.BinderFactoryAutoConfiguration;
import org.springframework.cloud.stream.config.BindingServiceConfiguration;
import org.springframework.cloud.stream.function.FunctionConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with the embedded broker and nothing of Busbar.
 */
final class LogApplication implements AutoCloseable {

	private static final AtomicInteger NAMES = new AtomicInteger();

	private final ConfigurableApplicationContext context;

	LogApplication(String url, Map<String, String> properties, Class<?>... beans) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Plain.class).sources(beans)
			.web(WebApplicationType.NONE)
			.properties(Map.of("spring.datasource.url", url, "spring.cloud.stream.default-binder", "jdbc",
					"spring.cloud.stream.jdbc.binder.heartbeat", "200ms", "spring.cloud.stream.jdbc.binder.lease-time",
					"10s", "spring.cloud.stream.jdbc.binder.poll-interval", "50ms", "spring.config.location",
					"optional:classpath:/none/", "spring.main.banner-mode", "off", "spring.jmx.enabled", "false"));
		if (url.startsWith("jdbc:postgresql:")) {
			builder.properties("spring.datasource.username=postgres");
		}
		this.context = builder.run(properties.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new));
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	JdbcTemplate jdbc() {
		return bean(JdbcTemplate.class);
	}

	TransactionTemplate transaction() {
		return new TransactionTemplate(bean(PlatformTransactionManager.class));
	}

	JdbcMessageChannelBinder binder() {
		return (JdbcMessageChannelBinder) (Object) bean(BinderFactory.class).getBinder("jdbc", MessageChannel.class);
	}

	Binding<MessageChannel> consume(String destination, @Nullable String group, MessageHandler handler) {
		return consume(destination, group, (properties) -> {
		}, handler);
	}

	Binding<MessageChannel> consumeBatches(String destination, @Nullable String group, MessageHandler handler) {
		return consume(destination, group, (properties) -> {
			properties.setBatchMode(true);
			properties.setConcurrency(4);
		}, handler);
	}

	Binding<MessageChannel> consume(String destination, @Nullable String group,
			Consumer<ExtendedConsumerProperties<JdbcConsumerProperties>> settings, MessageHandler handler) {
		DirectChannel channel = new DirectChannel();
		channel.setComponentName("in-" + NAMES.incrementAndGet());
		channel.setBeanFactory(this.context.getBeanFactory());
		channel.subscribe(handler);
		ExtendedConsumerProperties<JdbcConsumerProperties> properties = new ExtendedConsumerProperties<>(
				new JdbcConsumerProperties());
		properties.populateBindingName(channel.getComponentName());
		properties.setMaxAttempts(1);
		settings.accept(properties);
		return binder().bindConsumer(destination, (group != null) ? group : "", channel, properties);
	}

	Publisher publisher(String destination, int partitions, String... requiredGroups) {
		DirectChannel channel = new DirectChannel();
		channel.setComponentName("out-" + NAMES.incrementAndGet());
		channel.setBeanFactory(this.context.getBeanFactory());
		ExtendedProducerProperties<JdbcProducerProperties> properties = new ExtendedProducerProperties<>(
				new JdbcProducerProperties());
		properties.populateBindingName(channel.getComponentName());
		properties.setUseNativeEncoding(true);
		properties.setPartitionCount(partitions);
		properties.setRequiredGroups(requiredGroups);
		binder().bindProducer(destination, channel, properties);
		return new Publisher(channel);
	}

	@Override
	public void close() {
		this.context.close();
	}

	record Publisher(MessageChannel channel) {

		void publish(int partition, String payload) {
			publish(partition, payload, Map.of());
		}

		void publish(int partition, String payload, Map<String, Object> headers) {
			this.channel.send(MessageBuilder.withPayload(payload.getBytes(StandardCharsets.UTF_8))
				.copyHeaders(headers)
				.setHeader(BinderHeaders.PARTITION_HEADER, partition)
				.build());
		}

		void publishAll(int partition, List<String> payloads) {
			payloads.forEach((payload) -> publish(partition, payload));
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			JdbcTemplateAutoConfiguration.class, JacksonAutoConfiguration.class, IntegrationAutoConfiguration.class,
			ContextFunctionCatalogAutoConfiguration.class, BinderFactoryAutoConfiguration.class,
			BindingServiceConfiguration.class, FunctionConfiguration.class,
			CloudEventsFunctionExtensionConfiguration.class })
	static class Plain {

	}

}
