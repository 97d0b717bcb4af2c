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
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaSnippetsIT {

	// Of its own: the topics are those of the examples.
	private static final KafkaProcess KAFKA = KafkaProcess.onPort(FreePort.find());

	private static final BusbarProcess APPLICATION = BusbarProcess.jar("kafka-snippets",
			List.of("--spring.profiles.active=kafka,examples", "--spring.kafka.bootstrap-servers=" + KAFKA.address()));

	@BeforeAll
	static void start() {
		KAFKA.start();
		APPLICATION.startReady();
	}

	@AfterAll
	static void stop() {
		APPLICATION.close();
		KAFKA.close();
	}

	@Test
	@Timeout(60)
	void aPlainClientSendsAnOrderAndReadsThatItWasAccepted() throws Exception {
		KafkaSnippets.publish(KAFKA.address());
		assertThat(KafkaSnippets.receive(KAFKA.address())).contains(" {\"orderId\":\"o-");
		awaitHandled("/orders/o-1", "shipped");
	}

	@Test
	void aPlainClientSendsACloudEvent() throws Exception {
		KafkaSnippets.publishCloudEvent(KAFKA.address());
		awaitHandled("/events/kafka-7", "handled");
		awaitHandled("/orders/o-2", "shipped");
	}

	private static void awaitHandled(String path, String state) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(
					() -> assertThat(APPLICATION.client().json(path).path("state").asString("")).isEqualTo(state));
	}

}
