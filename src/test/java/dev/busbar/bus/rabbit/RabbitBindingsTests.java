package dev.busbar.bus.rabbit;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RabbitBindingsTests {

	private final EventStream stream = new EventStream("order.placed", "orderPlaced", Set.of("order.placed"), 4, true);

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void theDeadlineIsWhatTheBrokerIsSaidToHave() {
		assertThat(BindingDefaults.deadlines("rabbit", this.environment).apply(this.stream))
			.isEqualTo(Duration.ofMinutes(30));
		this.environment.setProperty("busbar.rabbit.consumer-timeout", "2m");
		assertThat(BindingDefaults.deadlines("rabbit", this.environment).apply(this.stream))
			.isEqualTo(Duration.ofMinutes(2));
	}

	@Test
	void aTimeoutThatIsNoneIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RabbitBusProperties(Duration.ofSeconds(5), Duration.ZERO, false, null, Map.of()))
			.withMessageContaining("busbar.rabbit.consumer-timeout");
	}

	@Test
	void whatAUserSetForAllNeitherLosesABatchNorAQueue() {
		String input = "spring.cloud.stream.rabbit.bindings." + this.stream.input() + ".consumer.";
		String feed = "spring.cloud.stream.rabbit.bindings." + this.stream.feed() + ".consumer.";
		RabbitBindings bindings = new RabbitBindings();
		assertThat(bindings.input(this.stream, "app", 1)).containsAllEntriesOf(needed(input));
		assertThat(bindings.feed(this.stream, "app.feed")).containsAllEntriesOf(needed(feed));
	}

	@ParameterizedTest
	@CsvSource({ "consumer.ttl, 1000", "consumer.expires, 60000", "consumer.max-length, 10",
			"producer.max-length-bytes, 100", "producer.ttl, 1000" })
	void aLimitForAllQueuesIsRefusedWithItsRemedy(String limit, String value) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RabbitBusConfiguration.class))
			.withPropertyValues("spring.cloud.stream.default-binder=rabbit",
					"spring.cloud.stream.rabbit.default." + limit + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("spring.cloud.stream.rabbit.default." + limit)
				.hasMessageContaining("would drop what nobody has handled")
				.hasMessageContaining("spring.cloud.stream.rabbit.bindings.<binding>." + limit));
	}

	private static Map<String, String> needed(String prefix) {
		return Map.of(prefix + "acknowledge-mode", "AUTO", prefix + "durable-subscription", "true",
				prefix + "exclusive", "false", prefix + "container-type", "simple");
	}

}
