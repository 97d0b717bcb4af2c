package dev.busbar.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.webhook.Signer;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two Busbars joined over HTTP, each with its own embedded broker: what one publishes the
 * other handles. Their configurations are those of docs/subscriptions.md.
 */
class JoinedBusbarsIT {

	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final BusbarProcess SHOP = BusbarProcess.jar("jar-shop",
			List.of("--spring.profiles.active=embedded", "--JOIN_SECRET=" + SECRET,
					"--busbar.deliveries.schedule=0s" + ",500ms".repeat(60),
					"--busbar.deliveries.circuit.first-pause=500ms", "--busbar.deliveries.circuit.max-pause=500ms"));

	/** Has the examples, which handle orders. */
	private static final BusbarProcess STORE = BusbarProcess.jar("jar-store", List.of("--JOIN_SECRET=" + SECRET));

	@BeforeAll
	static void start() throws IOException {
		List<String> configurations = configurations();
		String port = Integer.toString(STORE.client().address().getPort());
		write(SHOP, configurations.get(0).replace("https://store.example/", "http://127.0.0.1:" + port + "/"));
		write(STORE, configurations.get(1));
		STORE.startReady();
		SHOP.startReady();
	}

	@AfterAll
	static void stop() {
		SHOP.close();
		STORE.close();
	}

	@BeforeEach
	void startAgain() {
		if (!STORE.isRunning()) {
			STORE.startReady();
		}
	}

	@Test
	void whatOnePublishesTheOtherHandlesUnderItsOwnName() {
		place("j-1");
		JsonNode way = awaitHandled("j-1");
		assertThat(way.path("source").asString()).isEqualTo("/contract");
		assertThat(way.path("type").asString()).isEqualTo("order.placed");
		assertThat(way.path("results")).hasSize(1);
		JsonNode sent = SHOP.client().json("/events/j-1");
		assertThat(sent.path("handled")).as("nobody handles it where it was published").isEmpty();
		soon().untilAsserted(() -> {
			JsonNode delivery = SHOP.client().json("/events/j-1").path("deliveries").path(0);
			assertThat(delivery.path("subscription").asString()).isEqualTo("store");
			assertThat(delivery.path("state").asString()).isEqualTo("delivered");
			assertThat(delivery.path("status").asInt()).isEqualTo(200);
		});
	}

	@Test
	void theSameDeliveryAgainHasNoSecondEffect() {
		place("j-2");
		awaitHandled("j-2");
		String body = JsonMapper.shared().writeValueAsString(order("j-2"));
		for (int times = 0; times < 2; times++) {
			assertThat(deliver(body, SECRET).body()).isEqualTo("{\"status\":\"success\"}");
		}
		// Of the same key, so that the repetitions were there before it.
		String next = JsonMapper.shared()
			.writeValueAsString(BusbarClient.event("j-2-next", "order.placed", "j-2", data("j-2-next")));
		deliver(next, SECRET);
		awaitHandled("j-2-next");
		JsonNode way = STORE.client().json("/events/j-2");
		assertThat(way.path("state").asString()).isEqualTo("handled");
		assertThat(way.path("handled")).hasSize(1);
		assertThat(way.path("handled").path(0).path("attempts").asInt()).isOne();
		assertThat(way.path("results")).hasSize(1);
		assertThat(way.path("deadLetters")).isEmpty();
	}

	@Test
	void aDeliveryWithAWrongSignatureIsRefused() {
		String body = JsonMapper.shared().writeValueAsString(order("j-3"));
		HttpTester.problem(deliver(body, "whsec_" + "A".repeat(32)), 401, "unverified-webhook");
		String[] headers = Signer.standard(SECRET, "msg_j-3", Instant.now().getEpochSecond(), body);
		HttpTester.problem(store().post("/webhooks/shop", body.replace("j-3", "j-4"), headers), 401,
				"unverified-webhook");
		HttpTester.problem(store().post("/webhooks/shop", body, "Content-Type", "application/cloudevents+json"), 401,
				"unverified-webhook");
		assertThat(store().get("/events/j-3").statusCode()).isEqualTo(404);
		assertThat(store().get("/events/j-4").statusCode()).isEqualTo(404);
	}

	@Test
	void whatIsPublishedWhileTheOtherIsAwayArrivesOnce() {
		STORE.kill();
		List<String> ids = IntStream.range(0, 20).mapToObj((number) -> "away-" + number).toList();
		ids.forEach(JoinedBusbarsIT::place);
		soon()
			.until(() -> SHOP.client().json("/events/away-0").path("deliveries").path(0).path("attempts").asInt() > 0);
		STORE.startReady();
		for (String id : ids) {
			JsonNode way = awaitHandled(id);
			assertThat(way.path("source").asString()).isEqualTo("/contract");
			assertThat(way.path("handled").path(0).path("attempts").asInt()).isOne();
			assertThat(way.path("results")).hasSize(1);
			soon()
				.untilAsserted(() -> assertThat(store().get("/orders/" + id).body()).contains("\"state\":\"shipped\""));
		}
		soon().untilAsserted(
				() -> assertThat(SHOP.client().json("/deliveries?state=pending,dead").path("deliveries")).isEmpty());
	}

	private static void place(String id) {
		HttpResponse<String> answer = SHOP.client().post(order(id));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
	}

	private static Map<String, Object> order(String id) {
		return BusbarClient.event(id, "order.placed", id, data(id));
	}

	private static Map<String, Object> data(String id) {
		return Map.of("orderId", id, "item", "book", "quantity", 1);
	}

	/** Sends what the shop would, after an answer that got lost for example. */
	private static HttpResponse<String> deliver(String body, String secret) {
		String[] headers = Signer.standard(secret, "msg_again", Instant.now().getEpochSecond(), body);
		headers[1] = "application/cloudevents+json";
		return store().post("/webhooks/shop", body, headers);
	}

	private static HttpTester store() {
		return new HttpTester(STORE.client().address().getPort());
	}

	private static JsonNode awaitHandled(String id) {
		soon().untilAsserted(() -> assertThat(STORE.client().json("/events/" + id).path("state").asString()).as(id)
			.isEqualTo("handled"));
		return STORE.client().json("/events/" + id);
	}

	/** The two files that the documentation shows, in its order. */
	private static List<String> configurations() throws IOException {
		String text = Files.readString(Path.of("docs/subscriptions.md"));
		String section = text.substring(text.indexOf("## Two Busbars"));
		return Arrays.stream(section.split("```", -1))
			.filter((block) -> block.startsWith("yaml\n"))
			.map((block) -> block.substring(5))
			.limit(2)
			.toList();
	}

	private static void write(BusbarProcess process, String configuration) {
		try {
			Path folder = Files.createDirectories(process.folder().resolve("config"));
			Files.writeString(folder.resolve("application.yml"), configuration);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(100));
	}

}
