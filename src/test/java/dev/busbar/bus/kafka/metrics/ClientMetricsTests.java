package dev.busbar.bus.kafka.metrics;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.MicrometerConsumerListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That the meters of each consumer are those that Spring Cloud Stream would bind, and go
 * with it.
 */
class ClientMetricsTests {

	/** What a consumer with partitions has for each of them, or for each topic. */
	private static final String DETAILED = "kafka\\.consumer\\.fetch\\.manager\\."
			+ "((bytes|records)\\.consumed\\..*|records\\.per\\.request\\.avg|fetch\\.size\\..*|records\\.(lag|lead)\\..*)";

	private final ClientUpkeep upkeep = new ClientUpkeep();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@AfterEach
	void stop() {
		this.upkeep.destroy();
	}

	@Test
	void eachConsumerHasTheMetersThatItHasAsShipped() {
		MeterRegistry shipped = new SimpleMeterRegistry();
		DefaultKafkaConsumerFactory<byte[], byte[]> factory = factory();
		factory.addListener(new MicrometerConsumerListener<>(shipped));
		ours(factory, this.registry);
		try (Consumer<byte[], byte[]> one = factory.createConsumer();
				Consumer<byte[], byte[]> two = factory.createConsumer()) {
			assertThat(one.metrics()).hasSameSizeAs(two.metrics());
			Set<Meter.Id> expected = meters(shipped);
			expected.removeIf((id) -> id.getName().matches(DETAILED));
			assertThat(meters(shipped)).hasSize(expected.size() + 18);
			assertThat(meters(this.registry)).hasSizeGreaterThan(100).isEqualTo(expected);
			assertThat(this.registry.get("kafka.consumer.connection.count").gauges()).hasSize(2);
		}
	}

	@Test
	void aConsumerThatIsClosedLeavesNeitherMetersNorATask() {
		DefaultKafkaConsumerFactory<byte[], byte[]> factory = factory();
		ours(factory, new CompositeMeterRegistry(this.registry.config().clock(), List.of(this.registry)));
		Consumer<byte[], byte[]> stays = factory.createConsumer();
		Set<Meter.Id> before = meters(this.registry);
		factory.createConsumer().close();
		assertThat(meters(this.registry)).isEqualTo(before);
		assertThat(((ScheduledThreadPoolExecutor) this.upkeep.executor()).getQueue()).hasSize(1);
		stays.close();
		assertThat(meters(this.registry)).isEmpty();
		assertThat(((ScheduledThreadPoolExecutor) this.upkeep.executor()).getQueue()).isEmpty();
	}

	@Test
	void withoutARegistryNothingIsBound() {
		DefaultKafkaConsumerFactory<byte[], byte[]> factory = factory();
		new ClientMetrics(new StaticListableBeanFactory().getBeanProvider(MeterRegistry.class), this.upkeep)
			.configure(factory);
		assertThat(factory.getListeners()).isEmpty();
	}

	private void ours(DefaultKafkaConsumerFactory<byte[], byte[]> factory, MeterRegistry registry) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory(Map.of("registry", registry));
		new ClientMetrics(beans.getBeanProvider(MeterRegistry.class), this.upkeep).configure(factory);
	}

	private static Set<Meter.Id> meters(MeterRegistry registry) {
		return registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
	}

	/** Nothing listens there; consumers have metrics all the same. */
	private static DefaultKafkaConsumerFactory<byte[], byte[]> factory() {
		return new DefaultKafkaConsumerFactory<>(Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "group"),
				new ByteArrayDeserializer(), new ByteArrayDeserializer());
	}

}
