package dev.busbar.contract.snippets;

import java.time.Duration;
import java.util.List;

import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.KafkaProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(Lifecycle.PER_CLASS)
class KafkaSnippetsIT {

	// Of its own: the topics are those of the examples.
	private final KafkaProcess kafka = KafkaProcess.onPort(FreePort.find());

	private final String address = this.kafka.address();

	private final BusbarProcess application = BusbarProcess.jar("kafka-snippets",
			List.of("--spring.profiles.active=kafka,examples", "--spring.kafka.bootstrap-servers=" + this.address));

	@BeforeAll
	void start() {
		this.kafka.start();
		this.application.startReady();
	}

	@AfterAll
	void stop() {
		this.application.close();
		this.kafka.close();
	}

	@Test
	@Timeout(300)
	void aPlainClientSendsAnOrderAndReadsThatItWasAccepted() throws Exception {
		KafkaSnippets.publish(this.address);
		assertThat(KafkaSnippets.receive(this.address)).contains(" {\"orderId\":\"o-");
		awaitHandled("/orders/o-1", "shipped");
	}

	@Test
	void aPlainClientSendsACloudEvent() throws Exception {
		KafkaSnippets.publishCloudEvent(this.address);
		awaitHandled("/events/kafka-7", "handled");
		awaitHandled("/orders/o-2", "shipped");
	}

	private void awaitHandled(String path, String state) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(
					() -> assertThat(this.application.client().json(path).path("state").asString("")).isEqualTo(state));
	}

}
