package dev.busbar.bench;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.EmbeddedGround;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.KafkaGround;
import dev.busbar.bench.ground.RabbitGround;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A scenario that is the same on each broker. If all scenarios run, it comes to the
 * embedded broker on PostgreSQL last, see {@link WithPostgresqlBench}.
 */
interface EachGround {

	/** Measures on a broker that nobody else uses. */
	void measure(Ground ground) throws Exception;

	/** Measures on a broker, and ends it. */
	default void run(Ground ground) throws Exception {
		try (ground) {
			measure(ground);
		}
	}

	@Test
	default void onEmbeddedH2() throws Exception {
		run(EmbeddedGround.h2());
	}

	@Test
	default void onEmbeddedPostgresql() throws Exception {
		Assumptions.assumeFalse(BenchSettings.allRun(), "comes last");
		run(EmbeddedGround.postgresql());
	}

	@Test
	default void onRabbit() throws Exception {
		run(new RabbitGround());
	}

	@Test
	default void onKafka() throws Exception {
		run(new KafkaGround());
	}

}
