package dev.busbar.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.EmbeddedGround;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.KafkaGround;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.RabbitGround;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Orders that wait on the broker are handled as fast as they can be: each becomes a row
 * of state and a result on the bus.
 */
@Tag("drain")
class DrainBench {

	/** What a user writes whose state is to be written in batches, as the floor's is. */
	private static final String LISTS = "Busbar, handler of lists";

	/** What a handler of single orders costs by hand. */
	private static final String ROWS = "floor, a statement for each state row";

	/** Where that makes a difference. */
	private static final Set<String> ROWS_TELL = Set.of("postgresql", "kafka");

	@Test
	void onEmbeddedH2() throws Exception {
		run(EmbeddedGround.h2(), embedded());
	}

	@Test
	void onEmbeddedPostgresql() throws Exception {
		run(EmbeddedGround.postgresql(), embedded());
	}

	@Test
	void onRabbit() throws Exception {
		run(new RabbitGround(), peers());
	}

	@Test
	void onKafka() throws Exception {
		run(new KafkaGround(), peers());
	}

	/** As docs/handlers.md advises for PostgreSQL. */
	private static String[] lists(Ground ground) {
		return ground.name().equals("h2") ? new String[] { "--bench.handler=list" }
				: new String[] { "--bench.handler=list",
						"--spring.datasource.hikari.data-source-properties.reWriteBatchedInserts=true" };
	}

	private static Entrant[] embedded() {
		return EmbeddedGround.hasModulith() ? new Entrant[] { Entrant.BUSBAR, Entrant.FLOOR, Entrant.MODULITH }
				: new Entrant[] { Entrant.BUSBAR, Entrant.FLOOR };
	}

	private static Entrant[] peers() {
		List<Entrant> entrants = new ArrayList<>(
				List.of(Entrant.BUSBAR, Entrant.FLOOR, Entrant.PEER_A, Entrant.PEER_B));
		if (BenchSettings.more()) {
			entrants.add(Entrant.PEER_C);
		}
		return entrants.toArray(Entrant[]::new);
	}

	private static void run(Ground ground, Entrant... entrants) throws Exception {
		try (ground) {
			Drains drains = new Drains(ground);
			Contest contest = new Contest("drain-" + ground.name(), "Drain, " + ground.title(), "orders/s")
				.box(Duration.ofMinutes(6))
				.where(Drain.PROCESSOR, "µs an order")
				.on(ground)
				.under("220 bytes of JSON, 1,000 keys, 4 partitions; each order: inbox row, state row, result stored,"
						+ " published and confirmed, then acknowledged")
				.under("goals are for Busbar's plain handler, which writes a state row per order; the floor, and the"
						+ " handler of lists, write those of a batch at once")
				.under("less is promised by peer (a), which on RabbitMQ publishes without confirmations, and by"
						+ " Spring Modulith, which on H2 does not sync");
			for (Entrant entrant : BenchSettings.only(entrants)) {
				add(contest, drains, entrant.title(), entrant);
				if (entrant == Entrant.BUSBAR) {
					add(contest, drains, LISTS, entrant, lists(ground));
				}
				if (entrant == Entrant.FLOOR && (ROWS_TELL.contains(ground.name()) || BenchSettings.more())) {
					add(contest, drains, ROWS, entrant, "state=rows");
				}
			}
			String busbar = Entrant.BUSBAR.title();
			contest.atLeast(0.7, busbar, Entrant.FLOOR.title())
				.atLeast(2, busbar, Entrant.PEER_A.title())
				.atLeast(5, busbar, Entrant.PEER_B.title())
				.run();
		}
	}

	private static void add(Contest contest, Drains drains, String name, Entrant entrant, String... arguments) {
		contest.with(name, drains.contestant(name, entrant, Orders.usual(0), arguments));
	}

}
