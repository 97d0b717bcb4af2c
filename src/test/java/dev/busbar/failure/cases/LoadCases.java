package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * More than can be handled at once: a backlog, and a shutdown in the middle of it.
 */
public interface LoadCases extends FailureCase {

	/** The processes of the suite have a heap of 512 MB. */
	@Test
	default void backlogBeforeASlowHandlerInASmallHeap() {
		String prefix = Scene.prefix();
		int count = scene().size().of(100_000, 3_000);
		scene().bind("failureSlow-in-0", false);
		List<Map<String, Object>> events = Scene.events("failure.slow", prefix, 1_000, count, Map.of("millis", 1));
		Load load = new Load(scene()::client, events, 4, 500).await();
		assertThat(Count.of(scene().client(), prefix).effects()).isEmpty();
		scene().bind("failureSlow-in-0", true);
		long start = System.nanoTime();
		Awaitility.await("a backlog of " + count)
			.atMost(Duration.ofMinutes(15))
			.pollInterval(Duration.ofSeconds(1))
			.until(() -> scene().client()
				.json("/journal/counts?prefix=" + prefix)
				.path("failure.slow")
				.asLong(0) >= count);
		long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
		Tally tally = Count.of(scene().client(), prefix).inOrder().balance(load.accepted());
		assertThat(scene().process().log()).doesNotContain("OutOfMemoryError");
		scene().report(tally, "handled in %d s, -Xmx512m", seconds);
	}

	/** Further events come in until the end, and again thereafter. */
	@Test
	default void sigtermWithAThousandInFlight() {
		String prefix = Scene.prefix();
		BusbarProcess process = scene().process();
		Map<String, ?> millis = Map.of("millis", scene().size().of(10, 50));
		Load load = new Load(scene()::client, Scene.events("failure.slow", prefix, 20, 1_000, millis), 4, 50);
		load.await();
		scene().awaitEffects(prefix, Map.of("failure.slow", 20));
		String more = Scene.prefix();
		int count = scene().size().of(10_000, 5_000);
		Load during = scene().load(Scene.orders(more, 50, count));
		during.awaitAccepted(100);
		long said = stops(process);
		int before = process.log().length();
		long start = System.nanoTime();
		process.stop();
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		assertThat(during.accepted().size()).as("accepted until the end").isLessThan(count);
		assertThat(took).isLessThan(scene().size().within(Duration.ofSeconds(20)));
		assertThat(process.exitCode()).isEqualTo(128 + 15);
		assertThat(stops(process)).as("stopped with nothing in hand").isEqualTo(said + 1);
		assertThat(process.log().substring(before)).doesNotContain(" ERROR ", "\tat ");
		process.startReady();
		long handled = Count.of(scene().client(), prefix).effects().size();
		assertThat(handled).as("handled before the end").isLessThan(1_000);
		scene().awaitEffects(prefix, Map.of("failure.slow", 1_000));
		during.await();
		scene().awaitOrders(more, count);
		Tally came = Count.of(scene().client(), more).inOrder().balance(during.accepted());
		scene().report(Count.of(scene().client(), prefix).inOrder().balance(load.accepted()),
				"ended in %.1f s; of those that came in meanwhile %s", took.toMillis() / 1000.0, came);
	}

	private static long stops(BusbarProcess process) {
		return process.log().lines().filter((line) -> line.contains("nothing is in hand")).count();
	}

}
