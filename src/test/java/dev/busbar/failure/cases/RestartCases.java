package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

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
		List<Map<String, Object>> orders = Scene.orders(prefix, 100, count);
		Load half = Load.outlasting(scene()::client, orders.subList(0, count / 2), 4, 20);
		half.awaitAccepted(count / 3);
		assertThat(half.accepted().size()).as("accepted when it is stopped").isLessThan(count / 2);
		broker.stop();
		broker.start();
		long back = System.nanoTime();
		half.await();
		// It works again: what follows goes to the broker, not to the outbox.
		scene().awaitOrders(prefix, count / 2);
		Duration first = Duration.ofNanos(System.nanoTime() - back);
		assertThat(first).isLessThan(scene().size().within(Duration.ofSeconds(60)));
		Load rest = Load.outlasting(scene()::client, orders.subList(count / 2, count), 4, 20);
		rest.awaitAccepted(count / 10);
		assertThat(rest.accepted().size()).as("accepted when it is killed").isLessThan(count / 2);
		broker.kill();
		broker.start();
		back = System.nanoTime();
		rest.await();
		scene().awaitOrders(prefix, count);
		Duration took = Duration.ofNanos(System.nanoTime() - back);
		List<String> accepted = Stream.concat(half.accepted().stream(), rest.accepted().stream()).toList();
		Tally tally = Count.of(scene().client(), prefix).inOrder().balance(accepted);
		assertThat(took).isLessThan(scene().size().within(Duration.ofSeconds(60)));
		scene().report(tally, "all %.1f s and %.1f s after", first.toMillis() / 1000.0, took.toMillis() / 1000.0);
	}

}
