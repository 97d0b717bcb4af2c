package dev.busbar.failure.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Scene;
import org.junit.jupiter.api.Test;

/**
 * The points that only a broker beside the database has.
 */
public interface ForeignKillCases extends HaltCase {

	@Test
	default void killedBetweenThePublishingOfResultsAndTheAcknowledgment() {
		killAt("before-acknowledge", Map.of());
	}

	/** A business sells in transactions, and each publishes what it sold. */
	@Test
	default void killedBetweenTheSendingOfATransactionsEventsAndTheirMark() {
		String prefix = Scene.prefix();
		int rounds = scene().size().of(2, 1);
		for (int round = 0; round < rounds; round++) {
			Map<String, Object> sales = sales(prefix, round);
			Halting.post(() -> scene().client().json("/sales", sales));
			awaitHalt();
			scene().process().startReady();
			Halting.post(() -> scene().client().json("/sales", sales));
		}
		scene().awaitEffects(prefix, Map.of("failure.sold", rounds * 100));
		List<String> sold = new ArrayList<>();
		scene().client().json("/sales?prefix=" + prefix).forEach((id) -> sold.add(id.asString()));
		scene().report(Count.of(scene().client(), prefix).inOrder().balance(sold), "%d halts", rounds);
	}

	private static Map<String, Object> sales(String prefix, int round) {
		Map<String, Object> sales = new TreeMap<>();
		for (int i = 0; i < 100; i++) {
			Map<String, Object> sale = new TreeMap<>(Map.of("key", prefix + i % 10, "number", round * 100 + i));
			if (i == 50) {
				sale.put("halt", "before-mark");
			}
			sales.put("%s%d.%02d".formatted(prefix, round, i), sale);
		}
		return sales;
	}

}
