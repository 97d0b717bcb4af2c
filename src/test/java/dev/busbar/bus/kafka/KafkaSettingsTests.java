package dev.busbar.bus.kafka;

import java.util.List;
import java.util.Set;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaSettingsTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void knowsTheTopicOfABindingWhoseNameHasCapitals() {
		this.environment
			.setProperty("spring.cloud.stream.kafka.bindings.orderPlaced-out-0.producer.topic.replication-factor", "3");
		assertThat(settings().binding("orderPlaced-out-0").getProducer().getTopic().getReplicationFactor())
			.isEqualTo((short) 3);
	}

	@Test
	void hasDefaultsForABindingWithoutSettings() {
		assertThat(settings().binding("orderPlaced-in-0").getConsumer().getTopic().getReplicationFactor()).isNull();
	}

	@Test
	void whatStoredMeansCannotBeOverridden() {
		for (String prefix : List.of("spring.cloud.stream.kafka.binder.producer-properties.",
				"spring.cloud.stream.kafka.binder.configuration.",
				"spring.cloud.stream.kafka.default.producer.configuration.")) {
			this.environment.setProperty(prefix + "acks", "0");
			this.environment.setProperty(prefix + "enable.idempotence", "false");
		}
		assertThat(settings().producer()).containsEntry("acks", "all").containsEntry("enable.idempotence", "true");
	}

	@Test
	void batchesAreLargeAndABrokerThatIsAwayIsNoticedWithinSeconds() {
		assertThat(settings().producer()).hasEntrySatisfying("linger.ms", (it) -> assertThat(it).hasToString("5"))
			.hasEntrySatisfying("batch.size", (it) -> assertThat(it).hasToString("262144"))
			.hasEntrySatisfying("max.block.ms", (it) -> assertThat(it).hasToString("2000"))
			.hasEntrySatisfying("delivery.timeout.ms", (it) -> assertThat(it).hasToString("5000"));
	}

	@Test
	void namesTheProducerSettingsOfSingleOutputsThatNothingReads() {
		String output = "spring.cloud.stream.kafka.bindings.orderPlaced-out-0.producer.";
		EventStreams streams = new EventStreams(
				List.of(new EventStream("order.placed", "orderPlaced", Set.of("order.placed"), 4, true)));
		assertThat(settings().unread(streams)).isEmpty();
		this.environment.setProperty(output + "topic.replication-factor", "3");
		this.environment.setProperty("spring.cloud.stream.kafka.bindings.other-out-0.producer.sync", "true");
		assertThat(settings().unread(streams)).isEmpty();
		this.environment.setProperty(output + "configuration.linger.ms", "7");
		this.environment.setProperty(output + "compression-type", "gzip");
		assertThat(settings().unread(streams)).containsExactlyInAnyOrder(output + "configuration",
				output + "compression-type");
	}

	private KafkaSettings settings() {
		return new KafkaSettings(this.environment, new KafkaProperties(),
				new StaticListableBeanFactory().getBeanProvider(KafkaConnectionDetails.class));
	}

}
