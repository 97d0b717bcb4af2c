package dev.busbar.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import dev.busbar.testing.Broker;
import dev.busbar.testing.Receiver;
import dev.busbar.testing.Receiver.Request;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises about webhooks that go out, to a receiver of the tests' own.
 */
abstract class DeliveryContract extends BusContract {

	/** More than the minute after which what a dead process had in hand is due again. */
	private static final Duration PATIENCE = Duration.ofMinutes(2);

	DeliveryContract(Broker broker) {
		super(broker);
	}

	@Test
	void aSubscriptionGetsEachEventThatMatchesSignedAndUnderOneIdUntilItIsTaken() throws Exception {
		String key = prefix();
		Set<String> refused = ConcurrentHashMap.newKeySet();
		List<String> taken = new CopyOnWriteArrayList<>();
		try (Receiver receiver = new Receiver()) {
			receiver.answering((request, out) -> {
				String id = event(request).path("id").asString();
				boolean takes = event(request).path("data").path("number").asInt() % 5 != 0 || !refused.add(id);
				if (takes) {
					taken.add(id);
				}
				Receiver.answer(out, takes ? "200 OK" : "500 Oh");
			});
			String secret = subscribe(key, receiver);
			postAll(List.of(event(key + "other", "contract.measured", key, 1),
					event(key + "large", "contract.noted", key, 100)));
			List<Map<String, Object>> events = events(key, 0, 60);
			postAll(events);
			soon().until(() -> deliveries(key, "delivered").size() == 60);
			assertThat(taken).containsExactlyInAnyOrderElementsOf(ids(events));
			assertThat(refused).hasSize(12);
			assertAreSignedUnderOneIdEach(receiver.requests(), secret);
			for (Map<String, Object> event : events) {
				List<JsonNode> attempts = attempts(receiver, String.valueOf(event.get("id")));
				assertThat(attempts).hasSize(refused.contains(event.get("id")) ? 2 : 1)
					.allMatch((attempt) -> attempt.path("data")
						.equals(JsonMapper.shared().valueToTree(event.get("data"))));
			}
			assertThat(receiver.requests()).as("no other event").hasSize(72);
		}
		JsonNode way = client().json("/events/" + key + "0").path("deliveries");
		assertThat(way).hasSize(1);
		assertThat(way.path(0).path("state").asString()).isEqualTo("delivered");
		assertThat(way.path(0).path("tried").findValues("status")).extracting(JsonNode::asInt)
			.containsExactly(200, 500);
		unsubscribe(key);
	}

	@Test
	void whatWasNotDeliveredWhenTheProcessDiedIsDeliveredOnceItRunsAgain() throws Exception {
		String key = prefix();
		List<String> taken = new CopyOnWriteArrayList<>();
		try (Receiver receiver = new Receiver().status("503 Away")) {
			String secret = subscribe(key, receiver);
			List<Map<String, Object>> events = events(key, 0, 80);
			postAll(events.subList(0, 40));
			soon().until(() -> client().json("/subscriptions/" + name(key)).has("retryAt"));
			postAll(events.subList(40, 80));
			process().kill();
			soon().until(() -> receiver.closed() == receiver.connections());
			int before = receiver.requests().size();
			receiver.answering((request, out) -> {
				taken.add(event(request).path("id").asString());
				Receiver.answer(out, "200 OK");
			});
			process().startReady();
			soon().until(() -> deliveries(key, "delivered").size() == 80);
			assertThat(taken).containsExactlyInAnyOrderElementsOf(ids(events));
			assertThat(receiver.requests()).hasSize(before + 80);
			assertAreSignedUnderOneIdEach(receiver.requests(), secret);
		}
		unsubscribe(key);
	}

	private static void assertAreSignedUnderOneIdEach(List<Request> requests, String secret) throws Exception {
		Map<String, Set<String>> byEvent = new TreeMap<>();
		Set<String> all = new HashSet<>();
		for (Request request : requests) {
			request.verify(secret);
			String id = String.valueOf(request.headers().get("webhook-id"));
			byEvent.computeIfAbsent(event(request).path("id").asString(), (event) -> new HashSet<>()).add(id);
			all.add(id);
		}
		assertThat(byEvent.values()).allMatch((ids) -> ids.size() == 1);
		assertThat(all).as("an id for each event").hasSize(byEvent.size());
	}

	private String subscribe(String key, Receiver receiver) {
		String answer = client()
			.json("/subscriptions", Map.of("name", name(key), "url", receiver.url(), "types", List.of("contract.n*"),
					"filter", "event.partitionkey == '" + key + "' && data.number < 100"))
			.body();
		String secret = JsonMapper.shared().readTree(answer).path("secret").asString();
		assertThat(secret).as(answer).startsWith("whsec_");
		return secret;
	}

	private void unsubscribe(String key) {
		assertThat(client().delete("/subscriptions/" + name(key)).statusCode()).isEqualTo(204);
	}

	private static String name(String key) {
		return "s-" + key + "s";
	}

	private List<JsonNode> deliveries(String key, String state) {
		List<JsonNode> deliveries = new ArrayList<>();
		client().json("/deliveries?subscription=" + name(key) + "&state=" + state)
			.path("deliveries")
			.forEach(deliveries::add);
		return deliveries;
	}

	private static List<JsonNode> attempts(Receiver receiver, String id) {
		return receiver.requests()
			.stream()
			.map(DeliveryContract::event)
			.filter((event) -> event.path("id").asString().equals(id))
			.toList();
	}

	private static JsonNode event(Request request) {
		return JsonMapper.shared().readTree(request.body());
	}

	private static List<Map<String, Object>> events(String key, int from, int to) {
		return IntStream.range(from, to)
			.mapToObj((number) -> event(key + number, "contract.noted", key, number))
			.toList();
	}

	private static List<String> ids(List<Map<String, Object>> events) {
		return events.stream().map((event) -> String.valueOf(event.get("id"))).toList();
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
	}

}
