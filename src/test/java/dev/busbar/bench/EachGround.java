package dev.busbar.bench;

import dev.busbar.bench.ground.EmbeddedGround;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.KafkaGround;
import dev.busbar.bench.ground.RabbitGround;
import org.junit.jupiter.api.Test;

/**
 * A scenario that is the same on each broker.
 */
interface EachGround {

	/** Measures on a broker that nobody else uses. */
	void measure(Ground ground) throws Exception;

	@Test
	default void onEmbeddedH2() throws Exception {
		run(EmbeddedGround.h2());
	}

	@Test
	default void onEmbeddedPostgresql() throws Exception {
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

	private void run(Ground ground) throws Exception {
		try (ground) {
			measure(ground);
		}
	}

}
