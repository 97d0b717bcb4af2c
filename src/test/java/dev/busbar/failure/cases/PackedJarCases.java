package dev.busbar.failure.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packed jar itself, with its examples, is killed under load. The examples have a
 * thousand books, so that an order which took its book twice shows in the end.
 */
public interface PackedJarCases extends FailureCase {

	/** What the examples have in stock at their first start. */
	int BOOKS = 1_000;

	@Test
	default void packedJarKilledUnderLoad() {
		// One application for a database: the relay of each knows its own streams.
		scene().process().stop();
		String prefix = Scene.prefix();
		int kills = scene().size().of(5, 1);
		int each = scene().size().of(180, 300);
		List<String> ids = IntStream.range(0, kills * each).mapToObj((number) -> prefix + number).toList();
		Set<String> accepted = new HashSet<>();
		List<String> arguments = scene().site()
			.arguments("--spring.profiles.active=examples", "--spring.application.name=packed-" + prefix + "group");
		try (BusbarProcess jar = BusbarProcess.jar("packed", arguments)) {
			jar.startReady();
			for (int kill = 0; kill < kills; kill++) {
				List<Map<String, Object>> orders = ids.subList(kill * each, (kill + 1) * each)
					.stream()
					.map((id) -> order(id, 1))
					.toList();
				Load load = Load.outlasting(jar::client, orders, 4, 10);
				load.awaitAccepted(each / 3);
				jar.kill();
				assertThat(load.accepted().size()).as("accepted when it is killed").isLessThan(each);
				jar.startReady();
				accepted.addAll(load.await().accepted());
			}
			BusbarClient client = jar.client();
			Set<String> open = new HashSet<>(ids);
			scene().await("all orders shipped, see " + jar.folder(),
					() -> open.removeIf((id) -> state(client, id).equals("shipped")) && open.isEmpty());
			String rest = prefix + "rest";
			assertThat(client.post(order(rest, BOOKS - ids.size())).statusCode()).isEqualTo(202);
			scene().await("the other books", () -> state(client, rest).equals("shipped"));
			String none = prefix + "none";
			assertThat(client.post(order(none, 1)).statusCode()).isEqualTo(202);
			scene().await("no book is left", () -> state(client, none).equals("rejected"));
			scene().report(count(client, prefix, accepted), "%d kills; %d books, each taken once", kills, BOOKS);
		}
	}

	private static Tally count(BusbarClient client, String prefix, Set<String> accepted) {
		long effects = 0;
		long doubled = 0;
		for (String id : accepted) {
			JsonNode trail = client.json("/events/" + id);
			effects += trail.path("state").asString("").equals("handled") ? 1 : 0;
			doubled += Math.max(0, trail.path("results").size() - 1);
			doubled += Math.max(0, trail.path("handled").size() - 1);
			assertThat(trail.path("results").valueStream().map((result) -> result.path("type").asString())).as(id)
				.containsExactly("order.accepted");
		}
		long letters = client.json("/dead-letters?limit=1000&text=" + prefix).get("deadLetters").size();
		Tally tally = new Tally(accepted.size(), effects, letters, 0, accepted.size() - effects - letters, doubled, 0);
		assertThat(tally).as("the count").matches(Tally::balances);
		return tally;
	}

	private static String state(BusbarClient client, String id) {
		return client.json("/orders/" + id).path("state").asString("");
	}

	private static Map<String, Object> order(String id, int quantity) {
		return BusbarClient.event(id, "order.placed", id, Map.of("orderId", id, "item", "book", "quantity", quantity));
	}

}
