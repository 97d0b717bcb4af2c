package dev.busbar.failure.cases;

import java.time.Duration;

import dev.busbar.failure.app.FailureApplication;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Rounds;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.BusbarProcess;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances share the work; one is killed, one is added.
 */
public interface InstanceCases extends FailureCase {

	@Test
	default void oneOfTwoInstancesKilledAndOneAdded() {
		String prefix = Scene.prefix();
		BusbarProcess killed = scene().another(FailureApplication.class);
		BusbarProcess added = scene().another(FailureApplication.class);
		try (killed; added; Rounds rounds = new Rounds(scene()::client, prefix)) {
			killed.startReady();
			scene().await("a share for both", () -> rounds.processes(rounds.posted() - 3) == 2);
			killed.kill();
			long start = System.nanoTime();
			int next = rounds.posted();
			scene().await("what the killed one held", () -> rounds.handled(next - 2, next));
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			added.startReady();
			scene().await("a share for the added one", () -> rounds.processes(rounds.posted() - 3) == 2);
			rounds.end();
			scene().awaitOrders(prefix, rounds.accepted().size());
			Tally tally = Count.of(scene().client(), prefix).inOrder().balance(rounds.accepted());
			assertThat(took).as("until all is taken over").isLessThan(scene().size().within(Duration.ofSeconds(15)));
			scene().report(tally, "taken over after %.1f s", took.toMillis() / 1000.0);
		}
	}

}
