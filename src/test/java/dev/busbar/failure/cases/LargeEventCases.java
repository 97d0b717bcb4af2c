package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.Map;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A backlog of events near the limit of a body, which as a whole does not fit into the
 * heap of 512 MB.
 */
public interface LargeEventCases extends FailureCase {

	/** Near the limit of 1 MB, with what else a message has. */
	int SIZE = 1_000_000;

	@Test
	default void backlogOfLargeEventsInASmallHeap() {
		String prefix = Scene.prefix();
		int count = scene().size().of(1_000, 600);
		scene().bind("failureLarge-in-0", false);
		Map<String, ?> members = Map.of("text", "x".repeat(SIZE));
		Load load = new Load(scene()::client, Scene.events("failure.large", prefix, 100, count, members), 4, 1).await();
		assertThat(Count.of(scene().client(), prefix).effects()).isEmpty();
		scene().bind("failureLarge-in-0", true);
		long start = System.nanoTime();
		Awaitility.await("large events, see " + scene().process().folder())
			.atMost(Duration.ofMinutes(5))
			.pollInterval(Duration.ofSeconds(1))
			.failFast("the process has ended, as at an OutOfMemoryError", () -> !scene().process().isRunning())
			.until(() -> handled(prefix) >= count);
		long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
		Tally tally = Count.of(scene().client(), prefix).inOrder().balance(load.accepted());
		scene().report(tally, "%d MB handled in %d s, -Xmx512m", count * (long) SIZE / 1_000_000, seconds);
	}

	private long handled(String prefix) {
		return scene().client().json("/journal/counts?prefix=" + prefix).path("failure.large").asLong(0);
	}

}
