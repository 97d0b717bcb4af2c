package dev.busbar.failure.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The application is killed: at random moments, and at exact points of the way of an
 * event.
 */
public interface KillCases extends FailureCase {

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
		for (int kill = 0; kill < kills; kill++) {
			Load load = scene().load(events.subList(kill * each, (kill + 1) * each));
			long moment = random.nextLong(1500);
			Executor later = CompletableFuture.delayedExecutor(moment, TimeUnit.MILLISECONDS);
			CompletableFuture.runAsync(() -> scene().process().kill(), later).join();
			scene().process().startReady();
			accepted.addAll(load.await().accepted());
		}
		scene().awaitOrders(prefix, accepted.size());
		scene().report(Count.of(scene().client(), prefix).inOrder().balance(accepted), "%d kills, seed %d", kills,
				seed);
	}

	@Test
	default void killedBeforeTheCommit() {
		killAt("before-commit", Map.of());
	}

	@Test
	default void killedBetweenTheCommitAndThePublishingOfResults() {
		killAt("before-publish", Map.of());
	}

	/** What is scheduled leaves through the relay on every broker. */
	@Test
	default void killedBetweenTheSendingOfTheRelayAndItsMark() {
		killAt("before-mark", Map.of("busbardelay", "PT1S"));
	}

	/** Posts orders of which one halts the process at a point, in several rounds. */
	default void killAt(String point, Map<String, ?> attributes) {
		String prefix = Scene.prefix();
		int rounds = scene().size().of(3, 1);
		int each = 200;
		List<Map<String, Object>> events = Scene.orders(prefix, 10, rounds * each);
		for (int round = 0; round < rounds; round++) {
			Halting.ask(events.get(round * each + each / 2), point);
		}
		events.forEach((event) -> event.putAll(attributes));
		Set<String> accepted = new HashSet<>();
		for (int round = 0; round < rounds; round++) {
			Load load = scene().load(events.subList(round * each, (round + 1) * each));
			awaitHalt();
			scene().process().startReady();
			accepted.addAll(load.await().accepted());
		}
		scene().awaitOrders(prefix, accepted.size());
		Count count = Count.of(scene().client(), prefix);
		if (attributes.isEmpty()) {
			count.inOrder();
		}
		scene().report(count.balance(accepted), "%d halts", rounds);
	}

	/** Waits until the process has halted by itself. */
	default void awaitHalt() {
		Awaitility.await("the process halts").atMost(60, TimeUnit.SECONDS).until(() -> !scene().process().isRunning());
	}

}
