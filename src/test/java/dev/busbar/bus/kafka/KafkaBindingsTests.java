package dev.busbar.bus.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaBindingsTests {

	private static final String ALL = "spring.cloud.stream.kafka.binder.consumer-properties.max.poll.interval.ms";

	private static final String ONE = "spring.cloud.stream.kafka.bindings.orderPlaced-in-0.consumer.configuration.max.poll.interval.ms";

	private final EventStream stream = KafkaApplication.stream("orderPlaced", 8);

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void theDeadlineIsTheIntervalBetweenTwoPollsThatTheConsumerGets() {
		assertThat(deadline()).isEqualTo(Duration.ofMinutes(30));
		this.environment.setProperty(ALL, "60000");
		assertThat(deadline()).isEqualTo(Duration.ofMinutes(1));
		this.environment.setProperty(ONE, "20000");
		assertThat(deadline()).isEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void whatIsNoNumberIsLeftToKafkaToRefuse() {
		this.environment.setProperty(ONE, "soon");
		assertThat(deadline()).isEqualTo(BindingDefaults.DEADLINE);
	}

	@Test
	void eachPartitionHasAConsumerOfItsOwnUpToSixteen() {
		assertThat(List.of(1, 8, 16, 64)).extracting((partitions) -> consumers(partitions, 1))
			.containsExactly("1", "8", "16", "16");
	}

	@Test
	void manyStreamsShareABoundedNumberOfConsumersAndEachHasOne() {
		assertThat(List.of(16, 20, 32, 100, 200, 1000)).extracting((streams) -> consumers(64, streams))
			.containsExactly("16", "12", "8", "2", "1", "1");
		assertThat(consumers(4, 20)).isEqualTo("4");
	}

	@Test
	void metricReportersAreThoseThatAUserHasSetAtWhateverLevel() {
		String property = "spring.cloud.stream.kafka.bindings.orderPlaced-in-0.consumer.configuration.metric.reporters";
		String derived = new KafkaBindings().input(this.stream, "group", 1).get(property);
		assertThat(this.environment.resolveRequiredPlaceholders(derived)).isEmpty();
		List<String> levels = List.of("spring.kafka.properties.", "spring.kafka.consumer.properties.",
				"spring.cloud.stream.kafka.binder.configuration.",
				"spring.cloud.stream.kafka.binder.consumer-properties.");
		for (String level : levels) {
			this.environment.setProperty(level + "metric.reporters", level);
			assertThat(this.environment.resolveRequiredPlaceholders(derived)).isEqualTo(level);
		}
	}

	private String consumers(int partitions, int streams) {
		return new KafkaBindings().input(KafkaApplication.stream("orderPlaced", partitions), "group", streams)
			.get("spring.cloud.stream.bindings.orderPlaced-in-0.consumer.concurrency");
	}

	private Duration deadline() {
		this.environment.getPropertySources().remove("derived");
		this.environment.getPropertySources()
			.addLast(new MapPropertySource("derived", Map.copyOf(new KafkaBindings().input(this.stream, "group", 1))));
		return BindingDefaults.deadlines("kafka", this.environment).apply(this.stream);
	}

}
