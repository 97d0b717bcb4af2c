package dev.busbar.bench;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.EmbeddedGround;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.KafkaGround;
import dev.busbar.bench.ground.Stage;
import dev.busbar.store.StoreSchema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether a large backlog, or a large inbox, makes Busbar slower: the same time after the
 * same warm-up, and then few or many orders still wait. The heap is that of all
 * benchmarks: whatever needs more fails.
 */
@Tag("growth")
class GrowthBench {

	private static final String SMALL = "10,000 waiting";

	/** So many rows are in the inbox already. */
	private static final int INBOX = Integer.getInteger("bench.inbox", 5_000_000);

	private static final String POSTGRESQL = "SELECT SUBSTRING(sha256(int8send(x)) FOR 24), x FROM generate_series(1, "
			+ INBOX + ") AS s (x)";

	private static final int LARGEST = Integer.getInteger("bench.backlog", 1_000_000);

	@Test
	void onEmbeddedH2() throws Exception {
		// Spread as digests are, but in their order: H2 would write each page many times.
		long step = Long.divideUnsigned(-1, INBOX);
		run(EmbeddedGround.h2(),
				"SELECT CAST(CAST((x - " + INBOX / 2 + ") * " + step + " AS BIGINT) AS VARBINARY) || SUBSTRING("
						+ "HASH('SHA-256', CAST(x AS VARCHAR)), 1, 16), x FROM SYSTEM_RANGE(1, " + INBOX
						+ ") AS s (x)");
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
			Drains drains = new Drains(ground);
			Contest contest = new Contest("growth-" + ground.name(), "Growth, " + ground.title(), "orders/s").on(ground)
				.under("Busbar alone, as drain; so many orders still wait when it has been measured; heap "
						+ BenchSettings.HEAP);
			contest.withNew(SMALL, () -> drains.roundWith(10_000, (stage) -> 0));
			for (int waiting : List.of(LARGEST / 10, LARGEST)) {
				String name = "%,d waiting".formatted(waiting);
				contest.withNew(name, () -> drains.roundWith(waiting, (stage) -> 0)).atLeast(0.9, name, SMALL);
			}
			String full = "10,000 waiting, inbox of %,d".formatted(INBOX);
			contest.withNew(full, () -> drains.roundWith(10_000, (stage) -> fillInbox(stage, keys)))
				.atLeast(0.9, full, SMALL)
				.run();
		}
	}

	/** Fills the inbox, and has it written before anything is measured. */
	private static int fillInbox(Stage stage, String keys) throws Exception {
		int rows = insert(stage, keys);
		assertThat(new ProcessBuilder("sync").start().waitFor()).as("exit code of sync").isZero();
		return rows;
	}

	private static int insert(Stage stage, String keys) throws Exception {
		try (Connection connection = stage.database(); Statement statement = connection.createStatement()) {
			if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
				// Where the log is elsewhere, nobody has laid the tables yet.
				new StoreSchema(new DriverManagerDataSource(connection.getMetaData().getURL())).afterPropertiesSet();
			}
			int rows = statement
				.executeUpdate("INSERT INTO busbar_inbox (event_key, consumer_group, source, event_id, type, digest,"
						+ " state, attempts, reached, handling, place) SELECT k, 'bench', '/old', 'old-' || n,"
						+ " 'order.placed', k, 'HANDLED', 1, CURRENT_TIMESTAMP, 0, 0 FROM (" + keys + ") AS t (k, n)");
			statement.execute("CHECKPOINT");
			return rows;
		}
	}

}
