package dev.busbar.bus.binding;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.busbar.bus.BrokerProbe;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.BusImports;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.TestEvents;
import dev.busbar.bus.TestInputs;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.test.OutputDestination;
import org.springframework.cloud.stream.binder.test.TestChannelBinderConfiguration;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.binding.BindingsLifecycleController;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.Message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeferredBindingsTests {

	@Test
	void whileTheBrokerIsAwayNothingIsBoundAndEverythingIsWhenItComes() {
		try (ConfigurableApplicationContext context = run()) {
			EventBus bus = context.getBean(EventBus.class);
			HealthIndicator health = context.getBean("brokerHealthIndicator", HealthIndicator.class);
			assertThat(bindings(context)).isEmpty();
			assertThat(context.getBean(Flaky.class).tries).hasValue(0);
			assertThat(Objects.requireNonNull(health.health()).getStatus()).isEqualTo(Status.DOWN);
			assertThat(Objects.requireNonNull(health.health()).getDetails()).containsEntry("address", "here:1");
			assertThatExceptionOfType(BrokerUnavailableException.class)
				.isThrownBy(() -> bus.publish(TestEvents.event("order.placed", "1", "k")));
			context.getBean(Probe.class).away = false;
			Awaitility.await().until(() -> context.getBean(BrokerWatch.class).available());
			assertThat(bindings(context)).containsExactlyInAnyOrder("orderPlaced-in-0", "orderPlaced-out-0");
			assertThat(Objects.requireNonNull(health.health()).getStatus()).isEqualTo(Status.UP);
			bus.publish(TestEvents.event("order.placed", "2", "k"));
			Message<byte[]> sent = context.getBean(OutputDestination.class).receive(1000, "order.placed");
			assertThat(sent.getHeaders()).containsEntry("cloudEvents_id", "2")
				.containsEntry("contentType", "application/json")
				.containsKey("scst_partition");
		}
	}

	@Test
	void aBindingThatFailsHalfWayIsTriedAgainWithoutDuplicates() {
		try (ConfigurableApplicationContext context = run()) {
			Flaky flaky = context.getBean(Flaky.class);
			flaky.failures = 3;
			context.getBean(Probe.class).away = false;
			Awaitility.await().until(() -> context.getBean(BrokerWatch.class).available());
			assertThat(flaky.tries).hasValue(4);
			assertThat(bindings(context)).containsExactlyInAnyOrder("orderPlaced-in-0", "orderPlaced-out-0");
		}
	}

	@Test
	void aBindingThatFailsAlthoughTheBrokerIsThereFailsTheStart() {
		assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(() -> {
			try (ConfigurableApplicationContext context = run("away=false", "failures=1")) {
				assertThat(context).isNull();
			}
		}).withRootCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void aBrokerThatIsThereAtStartIsBoundBeforeTheApplicationIsReady() {
		try (ConfigurableApplicationContext context = run("away=false")) {
			assertThat(bindings(context)).hasSize(2);
		}
	}

	private static List<Object> bindings(ConfigurableApplicationContext context) {
		return new ArrayList<>(context.getBean(BindingsLifecycleController.class)
			.queryStates()
			.stream()
			.map((state) -> state.get("bindingName"))
			.toList());
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.cloud.stream.default-binder=integration", "busbar.bus.probe-interval=20ms",
					"spring.cloud.stream.bindings.orderPlaced-in-0.destination=order.placed.in",
					"spring.cloud.stream.bindings.orderPlaced-out-0.destination=order.placed")
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ TestChannelBinderConfiguration.class, BusImports.class })
	static class Application {

		@Bean
		EventStreams streams() {
			return new EventStreams(
					List.of(new EventStream("order.placed", "orderPlaced", Set.of("order.placed"), 4, true)));
		}

		@Bean
		TestInputs testInputs(EventStreams streams) {
			return new TestInputs(streams);
		}

		@Bean
		Flaky flaky(org.springframework.core.env.Environment environment) {
			return new Flaky(environment.getProperty("failures", Integer.class, 0));
		}

		@Bean
		Probe probe(org.springframework.core.env.Environment environment) {
			return new Probe(environment.getProperty("away", Boolean.class, true));
		}

	}

	static class Flaky implements Bindable {

		final AtomicInteger tries = new AtomicInteger();

		volatile int failures;

		Flaky(int failures) {
			this.failures = failures;
		}

		@Override
		public Collection<Binding<Object>> createAndBindInputs(BindingService service) {
			if (this.tries.incrementAndGet() <= this.failures) {
				throw new IllegalStateException("flaky");
			}
			return List.of();
		}

	}

	static class Probe implements BrokerProbe {

		volatile boolean away;

		Probe(boolean away) {
			this.away = away;
		}

		@Override
		public String address() {
			return "here:1";
		}

		@Override
		public void probe() throws IOException {
			if (this.away) {
				throw new IOException("nobody listens");
			}
		}

	}

}
