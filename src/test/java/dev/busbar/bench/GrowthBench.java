package dev.busbar.bench;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.EmbeddedGround;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.KafkaGround;
import dev.busbar.bench.ground.Measurement;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whether a large backlog, or a large inbox, makes Busbar slower. Before each there are
 * as many orders to warm up, and from then on the whole backlog is measured, for some
 * time at most. The heap is that of all benchmarks: whatever needs more fails.
 */
@Tag("growth")
class GrowthBench {

	private static final String SMALL = "backlog of 10,000";

	private static final Duration WINDOW = Duration.ofSeconds(40);

	/** So many rows are in the inbox already. */
	private static final int INBOX = Integer.getInteger("bench.inbox", 5_000_000);

	private static final String POSTGRESQL = "SELECT SUBSTRING(sha256(int8send(x)) FOR 24), x FROM generate_series(1, "
			+ INBOX + ") AS s (x)";

	private static final int LARGEST = Integer.getInteger("bench.backlog", 1_000_000);

	@Test
	void onEmbeddedH2() throws Exception {
		run(EmbeddedGround.h2(), "SELECT SUBSTRING(HASH('SHA-256', CAST(x AS VARCHAR)), 1, 24), x FROM SYSTEM_RANGE(1, "
				+ INBOX + ") AS s (x)");
	}

	@Test
	void onEmbeddedPostgresql() throws Exception {
		run(EmbeddedGround.postgresql(), POSTGRESQL);
	}

	@Test
	void onKafka() throws Exception {
		run(new KafkaGround(), POSTGRESQL);
	}

	private static void run(Ground ground, String keys) throws Exception {
		try (ground) {
			Contest contest = new Contest("growth-" + ground.name(), "Growth, " + ground.title(), "orders/s")
				.under(ground.durability())
				.under("Busbar alone, as drain; heap " + BenchSettings.HEAP);
			contest.with(SMALL, () -> round(ground, 10_000, null));
			for (int backlog : List.of(LARGEST / 10, LARGEST)) {
				String name = "backlog of %,d".formatted(backlog);
				contest.with(name, () -> round(ground, backlog, null)).atLeast(0.9, name, SMALL);
			}
			String full = "backlog of 10,000, inbox of %,d".formatted(INBOX);
			contest.with(full, () -> round(ground, 10_000, keys)).atLeast(0.9, full, SMALL);
			contest.run();
		}
	}

	private static double round(Ground ground, int backlog, @Nullable String keys) throws Exception {
		int warmUp = (int) Math.max(5_000, Entrant.BUSBAR.guess() * BenchSettings.warmUp().toSeconds());
		Orders orders = Orders.usual(warmUp + backlog);
		try (Stage stage = ground.stage(Entrant.BUSBAR, orders)) {
			if (keys != null) {
				fillInbox(stage, keys);
			}
			try (Program program = stage.start(List.of())) {
				Measurement measured = Measurement.ofLast(program, stage, orders.count(), backlog, WINDOW);
				program.stop();
				Check.done(Entrant.BUSBAR, stage, orders, (keys != null) ? INBOX : 0);
				return measured.rate();
			}
		}
	}

	private static void fillInbox(Stage stage, String keys) throws Exception {
		try (Connection connection = stage.database(); Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO busbar_inbox (event_key, consumer_group, source, event_id, type, digest,"
					+ " state, attempts, reached, handling, place) SELECT key, 'bench', '/old', 'old-' || n,"
					+ " 'order.placed', key, 'HANDLED', 1, CURRENT_TIMESTAMP, 0, 0 FROM (" + keys + ") AS t (key, n)");
		}
	}

}
