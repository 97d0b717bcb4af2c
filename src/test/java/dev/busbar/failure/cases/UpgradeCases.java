package dev.busbar.failure.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.busbar.failure.app.NewerApplication;
import dev.busbar.failure.app.OlderApplication;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Effect;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A newer version, whose event has a member more, starts beside the older one, which is
 * then stopped.
 */
public interface UpgradeCases extends FailureCase {

	int KEYS = 40;

	@Test
	default void rollingUpgradeWithAChangedRecord() {
		String prefix = Scene.prefix();
		int part = scene().size().of(50, 7);
		Set<String> accepted = new HashSet<>();
		BusbarProcess older = scene().another(OlderApplication.class);
		BusbarProcess newer = scene().another(NewerApplication.class);
		try (older; newer) {
			older.startReady();
			accepted.addAll(post(older::client, events(prefix, 0, part, Map.of())));
			newer.startReady();
			List<BusbarClient> both = List.of(older.client(), newer.client());
			AtomicInteger turn = new AtomicInteger();
			AtomicInteger next = new AtomicInteger(part);
			// The newer one gets its share of the partitions in its own time: there is
			// work until then.
			scene().await("a share for both", () -> {
				int from = next.getAndAdd(part);
				accepted.addAll(post(() -> both.get(turn.getAndIncrement() % 2),
						events(prefix, from, from + part, Map.of("note", "new"))));
				awaitEffects(newer.client(), prefix, accepted.size());
				return Count.of(newer.client(), prefix)
					.effects()
					.stream()
					.filter((effect) -> effect.number() >= from)
					.map(Effect::process)
					.distinct()
					.count() == 2;
			});
			AtomicReference<BusbarProcess> serving = new AtomicReference<>(older);
			List<Map<String, Object>> last = events(prefix, next.get(), next.get() + 4 * part, Map.of("note", "new"));
			Load during = Load.outlasting(() -> serving.get().client(), last, 4, 20);
			during.awaitAccepted(KEYS);
			older.stop();
			assertThat(during.accepted().size()).as("accepted until it ended").isLessThan(last.size());
			assertThat(older.exitCode()).isEqualTo(128 + 15);
			serving.set(newer);
			accepted.addAll(during.await().accepted());
			awaitEffects(newer.client(), prefix, accepted.size());
			scene().report(Count.of(newer.client(), prefix).inOrder().balance(accepted), "two versions side by side");
		}
	}

	private static List<Map<String, Object>> events(String prefix, int from, int to, Map<String, ?> members) {
		return IntStream.range(from * KEYS, to * KEYS)
			.mapToObj((i) -> Scene.event("failure.upgraded", prefix, i % KEYS, i / KEYS, members))
			.toList();
	}

	private static Set<String> post(Supplier<BusbarClient> target, List<Map<String, Object>> events) {
		return new Load(target, events, 4, 20).await().accepted();
	}

	private void awaitEffects(BusbarClient client, String prefix, int count) {
		scene().await("all effects",
				() -> client.json("/journal/counts?prefix=" + prefix).path("failure.upgraded").asLong(0) >= count);
	}

}
