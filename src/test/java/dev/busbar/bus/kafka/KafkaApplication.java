package dev.busbar.bus.kafka;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.busbar.bus.BusImports;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.TestInputs;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.cloud.stream.binder.kafka.config.ClientFactoryCustomizer;
import org.springframework.cloud.stream.binder.kafka.config.ExtendedBindingHandlerMappingsProviderConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * The bus alone on Kafka, with inputs that keep what they receive.
 */
@Configuration(proxyBeanMethods = false)
@Import({ KafkaApplication.KafkaImports.class, BusImports.class })
class KafkaApplication {

	@Bean
	TestInputs testInputs(EventStreams streams) {
		return new TestInputs(streams);
	}

	@Bean
	Consumers consumers() {
		return new Consumers();
	}

	@Bean
	MeterRegistry meterRegistry() {
		return new SimpleMeterRegistry();
	}

	static EventStream stream(String name, int partitions) {
		return new EventStream(name, name.replaceAll("[^a-zA-Z0-9]", ""), Set.of(name), partitions, true);
	}

	static ConfigurableApplicationContext run(String address, List<EventStream> streams, Map<String, String> more) {
		Map<String, Object> properties = new LinkedHashMap<>();
		KafkaBindings defaults = new KafkaBindings();
		for (EventStream stream : streams) {
			properties.putAll(defaults.input(stream, "group", 1));
			properties.putAll(defaults.output(stream, "group"));
		}
		properties.put("spring.cloud.stream.default-binder", "kafka");
		properties.put("spring.kafka.bootstrap-servers", address);
		properties.put("logging.level.org.apache.kafka", "off");
		properties.putAll(more);
		return new SpringApplicationBuilder(KafkaApplication.class).web(WebApplicationType.NONE)
			.properties(properties)
			.initializers((context) -> ((GenericApplicationContext) context).registerBean(EventStreams.class,
					() -> new EventStreams(streams)))
			.run();
	}

	/** Keeps the effective configurations of the bindings' consumers. */
	static class Consumers implements ClientFactoryCustomizer {

		final List<Map<String, Object>> configurations = new CopyOnWriteArrayList<>();

		@Override
		public void configure(ConsumerFactory<?, ?> factory) {
			if (factory.getConfigurationProperties().containsKey("group.id")) {
				this.configurations.add(factory.getConfigurationProperties());
			}
		}

	}

	/** The configuration of Kafka, before that of the bus. */
	static class KafkaImports implements DeferredImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata importing) {
			return new String[] { KafkaAutoConfiguration.class.getName(),
					ExtendedBindingHandlerMappingsProviderConfiguration.class.getName(),
					KafkaBusConfiguration.class.getName() };
		}

	}

}
