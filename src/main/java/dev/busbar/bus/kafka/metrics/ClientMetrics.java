package dev.busbar.bus.kafka.metrics;

import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.stream.binder.kafka.config.ClientFactoryCustomizer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.MicrometerConsumerListener;
import org.springframework.kafka.core.MicrometerProducerListener;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Has the metrics of the binder's consumers and producers bound, if there is a registry:
 * the meters that Spring Cloud Stream binds by itself once there are consumers with
 * partitions. Those of the application's registry, if that is composed of others, are in
 * these.
 */
public final class ClientMetrics implements ClientFactoryCustomizer {

	private final ObjectProvider<MeterRegistry> registries;

	private final ClientUpkeep upkeep;

	/**
	 * Creates a customizer.
	 * @param registries the application's registry
	 * @param upkeep looks for new metrics
	 */
	public ClientMetrics(ObjectProvider<MeterRegistry> registries, ClientUpkeep upkeep) {
		this.registries = registries;
		this.upkeep = upkeep;
	}

	@Override
	public void configure(ProducerFactory<?, ?> factory) {
		this.registries.ifAvailable((registry) -> listen(factory, registry));
	}

	@Override
	public void configure(ConsumerFactory<?, ?> factory) {
		this.registries.ifAvailable((registry) -> listen(factory, registry));
	}

	private <K, V> void listen(ProducerFactory<K, V> factory, MeterRegistry registry) {
		factory.addListener(new MicrometerProducerListener<>(registry) {

			@Override
			protected MeterBinder createClientMetrics(Producer<K, V> producer, List<Tag> tags) {
				return new ClientMeters(ClientMetrics.this.upkeep,
						(refresh) -> new KafkaClientMetrics(producer, tags, refresh));
			}

		});
	}

	private <K, V> void listen(ConsumerFactory<K, V> factory, MeterRegistry registry) {
		factory.addListener(new MicrometerConsumerListener<>(registry) {

			@Override
			protected MeterBinder createClientMetrics(Consumer<K, V> consumer, List<Tag> tags) {
				return new ClientMeters(ClientMetrics.this.upkeep,
						(refresh) -> new KafkaClientMetrics(consumer, tags, refresh));
			}

		});
	}

}
