package dev.busbar.bench;

import java.util.ArrayList;
import java.util.List;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Orders;
import org.junit.jupiter.api.Tag;

/**
 * Draining orders of three sizes; results are as large.
 */
@Tag("payloads")
class PayloadsBench implements EachGround {

	@Override
	public void measure(Ground ground) throws Exception {
		Drains drains = Drains.ofHalfTheTime(ground);
		Contest contest = new Contest("payloads-" + ground.name(), "Payloads, " + ground.title(), "orders/s")
			.where(Drain.PROCESSOR, "µs an order")
			.on(ground)
			.under("as drain, with data of 200 bytes, 10 KB and 500 KB");
		add(contest, drains, ground, "200 B", 80);
		add(contest, drains, ground, "10 KB", 10_000);
		add(contest, drains, ground, "500 KB", 500_000);
		contest.run();
	}

	private static void add(Contest contest, Drains drains, Ground ground, String size, int note) {
		String busbar = size + ", " + Entrant.BUSBAR.title();
		String floor = size + ", " + Entrant.FLOOR.title();
		List<Entrant> entrants = new ArrayList<>(List.of(Entrant.BUSBAR, Entrant.FLOOR));
		if (BenchSettings.more() && !ground.profile().equals("embedded")) {
			entrants.addAll(List.of(Entrant.PEER_A, Entrant.PEER_B));
		}
		for (Entrant entrant : BenchSettings.only(entrants.toArray(Entrant[]::new))) {
			String name = size + ", " + entrant.title();
			contest.with(name, drains.contestant(name, entrant, Orders.usual(0).withNote(note)));
		}
		contest.atLeast(0.7, busbar, floor);
	}

}
