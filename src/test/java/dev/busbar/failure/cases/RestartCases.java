package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.Objects;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.Server;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The broker's server is stopped and started again, killed and started again, under load.
 */
public interface RestartCases extends FailureCase {

	@Test
	default void brokerRestartedAtAThirdAndKilledAtHalfOfTheEvents() {
		Server broker = Objects.requireNonNull(scene().site().server());
		String prefix = Scene.prefix();
		int count = scene().size().of(10_000, 1_500);
		Load load = scene().load(Scene.orders(prefix, 100, count));
		load.awaitAccepted(count / 3);
		broker.stop();
		broker.start();
		load.awaitAccepted(count / 2);
		broker.kill();
		broker.start();
		load.await();
		long end = System.nanoTime();
		scene().awaitOrders(prefix, count);
		Duration took = Duration.ofNanos(System.nanoTime() - end);
		Tally tally = Count.of(scene().client(), prefix).inOrder().balance(load.accepted());
		assertThat(took).isLessThan(scene().size().within(Duration.ofSeconds(60)));
		scene().report(tally, "all %.1f s after the last restart and the last event", took.toMillis() / 1000.0);
	}

}
