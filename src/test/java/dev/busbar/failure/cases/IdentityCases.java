package dev.busbar.failure.cases;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several events under one id.
 */
public interface IdentityCases extends FailureCase {

	@Test
	default void tenConcurrentPostsOfOneId() {
		String prefix = Scene.prefix();
		Map<String, Object> event = Scene.event("failure.ordered", prefix, 0, 0, Map.of());
		ExecutorService ten = Executors.newFixedThreadPool(10);
		List<CompletableFuture<Integer>> answers = IntStream.range(0, 10)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> scene().client().post(event).statusCode(), ten))
			.toList();
		assertThat(answers).allSatisfy((answer) -> assertThat(answer.join()).isEqualTo(202));
		ten.shutdown();
		// Has the same key, so that all ten were there before it.
		Map<String, Object> last = Scene.event("failure.ordered", prefix, 0, 1, Map.of());
		assertThat(scene().client().post(last).statusCode()).isEqualTo(202);
		scene().await("the last event",
				() -> Count.of(scene().client(), prefix).effects().stream().anyMatch((it) -> it.number() == 1));
		scene().awaitOrders(prefix, 2);
		scene().report(Count.of(scene().client(), prefix).inOrder().balance(List.of(prefix + "0.0", prefix + "0.1")),
				"10 posts of one, 1 of another");
	}

	@Test
	default void otherDataUnderAKnownId() {
		String prefix = Scene.prefix();
		Map<String, Object> event = Scene.event("failure.ordered", prefix, 0, 0, Map.of());
		assertThat(scene().client().post(event).statusCode()).isEqualTo(202);
		scene().awaitOrders(prefix, 1);
		event.put("data", Map.of("key", prefix + "0", "number", 7));
		assertThat(scene().client().post(event).statusCode()).isEqualTo(202);
		scene().await("the alarm", () -> !Count.of(scene().client(), prefix).letters().isEmpty());
		Count count = Count.of(scene().client(), prefix);
		assertThat(count.letters().get(prefix + "0.0").get("exception").asString()).endsWith("EventConflictException");
		assertThat(count.effects()).allMatch((effect) -> effect.number() == 0);
		Tally tally = count.balance(List.of(prefix + "0.0"));
		scene().report(new Tally(2, tally.effects(), count.letters().size(), 0, 0, 0, 0), "a dead letter says so");
	}

}
