package dev.busbar.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The executable jar as it is deployed: the tour of the examples on each broker, with not
 * one change but the profile.
 */
class BusbarJarIT {

	private static final Duration SOON = Duration.ofMinutes(2);

	@Test
	void worksWithoutArgumentsAndLocksItsData() {
		try (BusbarProcess busbar = BusbarProcess.jar("jar-embedded", List.of()).startReady()) {
			tour(busbar);
			String file = busbar.folder().resolve("data/busbar").toString();
			BusbarProcess second = BusbarProcess
				.jar("jar-second", List.of("--spring.datasource.url=jdbc:h2:file:" + file))
				.startInVain();
			assertThat(second.log()).contains("APPLICATION FAILED TO START")
				.contains(file + ".mv.db is locked: another process has it open")
				.doesNotContain("\tat ");
			Awaitility.await().until(busbar.client()::isReady);
			leavesQuietly(busbar);
		}
	}

	@Test
	void worksWithRabbit() {
		try (Broker rabbit = Broker.rabbit();
				BusbarProcess busbar = BusbarProcess.jar("jar-rabbit", withExamples(rabbit)).startReady()) {
			tour(busbar);
			leavesQuietly(busbar);
		}
	}

	@Test
	void worksWithKafka() {
		try (Broker kafka = Broker.kafka();
				BusbarProcess busbar = BusbarProcess.jar("jar-kafka", withExamples(kafka)).startReady()) {
			tour(busbar);
			leavesQuietly(busbar);
		}
	}

	private static List<String> withExamples(Broker broker) {
		List<String> arguments = new ArrayList<>(broker.arguments());
		arguments.replaceAll(
				(argument) -> argument.startsWith("--spring.profiles.active=") ? argument + ",examples" : argument);
		return arguments;
	}

	private static void tour(BusbarProcess busbar) {
		assertThat(busbar.log().lines()).hasSizeLessThanOrEqualTo(25)
			.noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR ") || line.startsWith("\tat "));
		BusbarClient client = busbar.client();
		assertThat(client.webhook(Map.of("event", "some_event")).body()).isEqualTo("{\"status\":\"success\"}");
		String shipped = order(client, 1);
		awaitState(client, shipped, "shipped");
		setState(client, "STOPPED");
		String late = order(client, 1_000_000);
		assertThat(client.get("/events/" + late).body()).contains("\"stored\"");
		setState(client, "STARTED");
		awaitState(client, late, "rejected");
	}

	private static void leavesQuietly(BusbarProcess busbar) {
		busbar.stop();
		assertThat(busbar.log().lines()).last(InstanceOfAssertFactories.STRING).contains("nothing is in hand");
		assertThat(busbar.log().lines())
			.noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR ") || line.startsWith("\tat "));
	}

	/** Places an order. */
	private static String order(BusbarClient client, int quantity) {
		String id = UUID.randomUUID().toString();
		assertThat(client
			.webhook(Map.of("event", "order.placed", "id", id, "orderId", id, "item", "book", "quantity", quantity))
			.body()).isEqualTo("{\"status\":\"success\"}");
		return id;
	}

	private static void awaitState(BusbarClient client, String order, String state) {
		Awaitility.await("order " + state)
			.atMost(SOON)
			.untilAsserted(
					() -> assertThat(client.get("/orders/" + order).body()).contains("\"state\":\"" + state + "\""));
	}

	private static void setState(BusbarClient client, String state) {
		assertThat(client.json("/actuator/bindings/orderPlaced-in-0", Map.of("state", state)).statusCode())
			.isEqualTo(204);
	}

}
