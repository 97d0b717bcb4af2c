package dev.busbar.failure.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application is killed at random moments.
 */
public interface RandomKillCases extends FailureCase {

	/** The seed can be given as the system property {@code failure.seed}. */
	@Test
	default void killedAtRandomMomentsUnderLoad() {
		long seed = Long.getLong("failure.seed", System.nanoTime());
		Random random = new Random(seed);
		System.out.println("Kills at random moments, failure.seed=" + seed);
		int kills = scene().size().of(20, 2);
		int each = 500;
		String prefix = Scene.prefix();
		List<Map<String, Object>> events = Scene.orders(prefix, 40, kills * each);
		Set<String> accepted = new HashSet<>();
		int busy = 0;
		for (int kill = 0; kill < kills; kill++) {
			Load load = scene().load(events.subList(kill * each, (kill + 1) * each));
			load.awaitAccepted(random.nextInt(each - 100));
			CompletableFuture
				.runAsync(() -> scene().process().kill(),
						CompletableFuture.delayedExecutor(random.nextLong(20), TimeUnit.MILLISECONDS))
				.join();
			busy += (load.accepted().size() < each) ? 1 : 0;
			scene().process().startReady();
			accepted.addAll(load.await().accepted());
		}
		assertThat(busy).as("kills before all was accepted, at least half").isGreaterThanOrEqualTo(kills / 2);
		scene().awaitOrders(prefix, accepted.size());
		scene().report(Count.of(scene().client(), prefix).inOrder().balance(accepted),
				"%d kills, %d of them while events came in, seed %d", kills, busy, seed);
	}

}
