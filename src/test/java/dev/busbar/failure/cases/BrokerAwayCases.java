package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.Objects;

import dev.busbar.failure.ground.Contractor;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.Server;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The broker is down while events come in; the database is there.
 */
public interface BrokerAwayCases extends FailureCase {

	@Test
	default void brokerDownWhileEventsComeIn() {
		Server broker = Objects.requireNonNull(scene().site().server());
		String prefix = Scene.prefix();
		int count = scene().size().of(10_000, 1_000);
		broker.stop();
		Load load = scene().load(Scene.orders(prefix, 100, count)).await();
		scene().await("ready, since it stores", scene().client()::isReady);
		long stored = scene().client().json("/tables?prefix=" + prefix).get("outgoing").path("EVENT").asLong();
		assertThat(stored).as("stored in the outbox").isEqualTo(count);
		broker.start();
		long back = System.nanoTime();
		scene().awaitOrders(prefix, count);
		Duration took = Duration.ofNanos(System.nanoTime() - back);
		Tally tally = Count.of(scene().client(), prefix).inOrder().balance(load.accepted());
		assertThat(took).isLessThan(scene().size().within(Duration.ofSeconds(60)));
		scene().report(tally, "all %.1f s after it was back", took.toMillis() / 1000.0);
	}

	/** The results wait in the outbox. */
	@Test
	default void brokerDownWhileARemoteHandlerAnswers() {
		Server broker = Objects.requireNonNull(scene().site().server());
		try (Contractor contractor = new Contractor(scene(), 40)) {
			broker.stop();
			scene().await("answers taken", () -> {
				contractor.answer();
				return contractor.acknowledged() >= 4;
			});
			int taken = contractor.acknowledged();
			broker.start();
			scene().report(contractor.finish(), "%d answers taken while it was down", taken);
		}
	}

}
