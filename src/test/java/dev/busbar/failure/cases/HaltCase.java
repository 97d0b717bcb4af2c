package dev.busbar.failure.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import org.awaitility.Awaitility;

/**
 * Cases in which the application halts by itself, as {@code kill -9} would, at an exact
 * point of the way of an event.
 */
interface HaltCase extends FailureCase {

	/** Posts orders of which one halts the process at a point, in several rounds. */
	default void killAt(String point, Map<String, ?> attributes) {
		String prefix = Scene.prefix();
		int rounds = scene().size().of(2, 1);
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
		Awaitility.await("the process halts").atMost(3, TimeUnit.MINUTES).until(() -> !scene().process().isRunning());
	}

}
