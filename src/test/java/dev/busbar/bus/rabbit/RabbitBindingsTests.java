package dev.busbar.bus.rabbit;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RabbitBindingsTests {

	private final EventStream stream = new EventStream("order.placed", "orderPlaced", Set.of("order.placed"), 4, true);

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void theDeadlineIsWhatTheBrokerIsSaidToHave() {
		assertThat(BindingDefaults.deadline("rabbit", this.stream, this.environment)).isEqualTo(Duration.ofMinutes(30));
		this.environment.setProperty("busbar.rabbit.consumer-timeout", "2m");
		assertThat(BindingDefaults.deadline("rabbit", this.stream, this.environment)).isEqualTo(Duration.ofMinutes(2));
	}

	@Test
	void aTimeoutThatIsNoneIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RabbitBusProperties(Duration.ofSeconds(5), Duration.ZERO, false, Map.of()))
			.withMessageContaining("busbar.rabbit.consumer-timeout");
	}

}
