package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.contract.app.StubbornApplication;
import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SIGTERM while handlers work, and while some never return.
 */
class ShutdownIT {

	private static final int SLOW = 500;

	@Test
	void theEmbeddedBrokerIsLeftInGoodOrder() {
		isLeftInGoodOrder(Broker.embeddedH2());
	}

	@Test
	void rabbitIsLeftInGoodOrder() {
		isLeftInGoodOrder(Broker.rabbit());
	}

	@Test
	void kafkaIsLeftInGoodOrder() {
		isLeftInGoodOrder(Broker.kafka());
	}

	private static void isLeftInGoodOrder(Broker broker) {
		String key = BusContract.prefix();
		List<String> arguments = new ArrayList<>(broker.arguments());
		arguments.add("--spring.application.name=stubborn-" + key);
		arguments.add("--busbar.handlers.falter.retry.attempts=3");
		arguments.add("--busbar.handlers.falter.retry.backoff=1m");
		arguments.add("--busbar.handlers.falter.retry.max-backoff=1m");
		try (broker; BusbarProcess process = BusbarProcess.library("stubborn", StubbornApplication.class, arguments)) {
			process.startReady();
			List<Map<String, Object>> events = new ArrayList<>();
			events.add(BusContract.event(key + "h", "stubborn.hung", key, 1));
			events.add(BusContract.event(key + "s", "stubborn.stuck", key, 1));
			events.add(BusContract.event(key + "f", "stubborn.faltering", key, 1));
			for (int i = 0; i < SLOW; i++) {
				events.add(BusContract.event(key + i, "stubborn.slow", key + (i % 10), i / 10));
			}
			HttpResponse<String> answer = process.client().post(events);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> Files.exists(process.folder().resolve("hung"))
						&& Files.exists(process.folder().resolve("stuck"))
						&& process.log().contains("failed type=stubborn.faltering")
						&& count(process.client(), "slow", key) > 20);
			long start = System.nanoTime();
			process.stop();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			System.out.printf("%s: stopped in %d ms with handlers that never return%n", broker.name(), took.toMillis());
			assertThat(took).as("two that hang are waited for together").isLessThan(Duration.ofSeconds(38));
			assertThat(process.exitCode()).isEqualTo(128 + 15);
			assertThat(process.log()).contains("have not returned")
				.doesNotContain("\tat ", " ERROR ", "which waits until it succeeds");
			process.startReady();
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> count(process.client(), "slow", key) >= SLOW && count(process.client(), "hung", key) > 0
						&& count(process.client(), "stuck", key) > 0 && count(process.client(), "faltering", key) > 0);
			List<String> effects = new ArrayList<>();
			for (JsonNode effect : process.client().json("/effects?prefix=" + key)) {
				effects
					.add(effect.get("type").asString() + effect.get("key").asString() + effect.get("number").asInt());
			}
			assertThat(effects).hasSize(SLOW + 3).doesNotHaveDuplicates();
			process.stop();
			assertThat(process.log().lines().filter((line) -> line.contains("nothing is in hand"))).hasSize(1);
		}
	}

	private static long count(BusbarClient client, String type, String key) {
		return client.json("/effects/count?type=stubborn." + type + "&prefix=" + key).get("count").asLong();
	}

}
