package dev.busbar.bench;

import java.util.List;

import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Orders;
import org.junit.jupiter.api.Tag;

/**
 * Draining orders of few and of many keys, in few and in many partitions.
 */
@Tag("keys")
class KeysBench implements EachGround {

	private static final String USUAL = "1,000 keys, 4 partitions";

	@Override
	public void measure(Ground ground) throws Exception {
		Drains drains = Drains.ofHalfTheTime(ground);
		Contest contest = new Contest("keys-" + ground.name(), "Keys and partitions, " + ground.title(), "orders/s")
			.where(Drain.PROCESSOR, "µs an order")
			.on(ground)
			.under("Busbar alone, as drain");
		add(contest, drains, USUAL, Orders.usual(0));
		add(contest, drains, "1 key, 4 partitions", Orders.usual(0).withKeys(1));
		for (int keys : List.of(16, 100_000)) {
			String name = "%,d keys, 4 partitions".formatted(keys);
			add(contest, drains, name, Orders.usual(0).withKeys(keys));
			contest.atLeast(0.75, name, USUAL);
		}
		for (int partitions : List.of(1, 8)) {
			String name = "1,000 keys, %d partitions".formatted(partitions);
			add(contest, drains, name, Orders.usual(0).withPartitions(partitions));
			contest.atLeast(0.75, name, USUAL);
		}
		contest.run();
	}

	private static void add(Contest contest, Drains drains, String name, Orders orders) {
		contest.with(name, drains.contestant(name, Entrant.BUSBAR, orders));
	}

}
