package dev.busbar.bus.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.TestEvents;
import dev.busbar.bus.TestInputs;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.KafkaProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class KafkaAwayIT {

	private final EventStream stream = KafkaApplication.stream("away.tested", 2);

	@Test
	void theApplicationStartsWithoutKafkaAndWorksWhenItComesAndComesBack(CapturedOutput output) {
		try (KafkaProcess kafka = KafkaProcess.onPort(FreePort.find());
				ConfigurableApplicationContext context = KafkaApplication.run(kafka.address(), List.of(this.stream),
						Map.of())) {
			EventBus bus = context.getBean(EventBus.class);
			BrokerWatch watch = context.getBean(BrokerWatch.class);
			assertThat(watch.available()).isFalse();
			assertAway(bus, kafka.address());
			assertThat(output.getOut()
				.lines()
				.filter((line) -> line.contains(kafka.address()))
				.filter((line) -> line.contains("WARN"))).hasSize(1);

			kafka.start();
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(watch::available);
			bus.publish(TestEvents.event("away.tested", "1", "k"));
			TestInputs inputs = context.getBean(TestInputs.class);
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> inputs.received.size() == 1);

			kafka.kill();
			long start = System.nanoTime();
			assertThatExceptionOfType(BrokerUnavailableException.class)
				.isThrownBy(() -> bus.publish(TestEvents.event("away.tested", "2", "k")));
			// A stock producer goes on for two minutes.
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
			Awaitility.await().until(() -> !watch.available());
			assertAway(bus, kafka.address());

			kafka.start();
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(watch::available);
			bus.publish(TestEvents.event("away.tested", "3", "k"));
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.untilAsserted(() -> assertThat(inputs.received)
					.anyMatch((delivery) -> Long.valueOf(1).compareTo(position(delivery)) <= 0));
		}
	}

	private static long position(dev.busbar.bus.Delivery delivery) {
		Long position = delivery.position();
		return (position != null) ? position : -1;
	}

	private static void assertAway(EventBus bus, String address) {
		Duration shortest = Duration.ofDays(1);
		// The best of several: the machine may be busy.
		for (int i = 0; i < 5 && shortest.compareTo(Duration.ofSeconds(2)) >= 0; i++) {
			long start = System.nanoTime();
			assertThatExceptionOfType(BrokerUnavailableException.class)
				.isThrownBy(() -> bus.publish(TestEvents.event("away.tested", "0", "k")))
				.withMessageContaining(address);
			shortest = Duration.ofNanos(System.nanoTime() - start);
		}
		// At once: a stock producer blocks for a minute, ours would for some seconds.
		assertThat(shortest).isLessThan(Duration.ofSeconds(2));
	}

}
