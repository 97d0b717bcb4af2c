package dev.busbar.failure.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

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

	@Test
	default void rollingUpgradeWithAChangedRecord() {
		String prefix = Scene.prefix();
		int count = scene().size().of(6_000, 900);
		int part = count / 3;
		List<Map<String, Object>> plain = Scene.events("failure.upgraded", prefix, 40, count, Map.of());
		List<Map<String, Object>> noted = Scene.events("failure.upgraded", prefix, 40, count, Map.of("note", "new"));
		Set<String> accepted = new HashSet<>();
		BusbarProcess older = scene().another(OlderApplication.class);
		BusbarProcess newer = scene().another(NewerApplication.class);
		try (older; newer) {
			older.startReady();
			accepted.addAll(new Load(older::client, plain.subList(0, part), 4, 20).await().accepted());
			newer.startReady();
			List<BusbarClient> both = List.of(older.client(), newer.client());
			AtomicInteger turn = new AtomicInteger();
			Load mixed = new Load(() -> both.get(turn.getAndIncrement() % 2), noted.subList(part, 2 * part), 4, 20);
			accepted.addAll(mixed.await().accepted());
			scene().await("a share for both",
					() -> Count.of(newer.client(), prefix)
						.effects()
						.stream()
						.filter((effect) -> effect.number() >= part / 40)
						.map(Effect::process)
						.distinct()
						.count() == 2);
			older.stop();
			assertThat(older.exitCode()).isEqualTo(128 + 15);
			accepted.addAll(new Load(newer::client, noted.subList(2 * part, count), 4, 20).await().accepted());
			scene().await("all effects",
					() -> newer.client()
						.json("/journal/counts?prefix=" + prefix)
						.path("failure.upgraded")
						.asLong(0) >= count);
			scene().report(Count.of(newer.client(), prefix).inOrder().balance(accepted), "two versions side by side");
		}
	}

}
