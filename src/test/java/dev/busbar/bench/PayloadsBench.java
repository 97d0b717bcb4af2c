package dev.busbar.bench;

import java.util.List;

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
			.under(ground.durability())
			.under("as drain, with data of 200 bytes, 10 KB and 500 KB");
		add(contest, drains, ground, "200 B", 80);
		add(contest, drains, ground, "10 KB", 10_000);
		add(contest, drains, ground, "500 KB", 500_000);
		contest.run();
	}

	private static void add(Contest contest, Drains drains, Ground ground, String size, int note) {
		String busbar = size + ", " + Entrant.BUSBAR.title();
		String floor = size + ", " + Entrant.FLOOR.title();
		contest.with(busbar, () -> drains.round(Entrant.BUSBAR, Orders.usual(0).withNote(note)))
			.with(floor, () -> drains.round(Entrant.FLOOR, Orders.usual(0).withNote(note)))
			.atLeast(0.7, busbar, floor);
		if (ground.name().equals("rabbit") || ground.name().equals("kafka")) {
			for (Entrant peer : List.of(Entrant.PEER_A, Entrant.PEER_B)) {
				contest.with(size + ", " + peer.title(), () -> drains.round(peer, Orders.usual(0).withNote(note)));
			}
		}
	}

}
