package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.failure.app.FailureApplication;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.SmallDisk;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The disk of the embedded log is full for a while: a process of its own, whose database
 * is on a small file system.
 */
public interface FullDiskCases extends FailureCase {

	@Test
	default void diskOfTheEmbeddedLogFull() {
		String prefix = Scene.prefix();
		int count = scene().size().of(10_000, 1_000);
		Duration full = Duration.ofSeconds(scene().size().of(30, 5));
		try (SmallDisk disk = SmallDisk.mount();
				BusbarProcess process = scene().another(FailureApplication.class, disk.arguments())) {
			process.startReady();
			List<Map<String, Object>> events = Scene.orders(prefix, 100, count);
			Set<String> accepted = new HashSet<>(
					new Load(process::client, events.subList(0, count / 2), 4, 20).await().accepted());
			disk.fill();
			Load load = new Load(process::client, events.subList(count / 2, count), 4, 20);
			Awaitility.await("readiness DOWN").atMost(Duration.ofSeconds(60)).until(() -> !process.client().isReady());
			int stored = load.accepted().size();
			Awaitility.await("DOWN but alive")
				.during(full)
				.atMost(full.multipliedBy(2).plusSeconds(30))
				.until(() -> !process.client().isReady()
						&& process.client().get("/actuator/health/liveness").statusCode() == 200);
			assertThat(load.accepted()).as("accepted while the disk is full").hasSize(stored);
			disk.free();
			long freed = System.nanoTime();
			accepted.addAll(load.await().accepted());
			scene().await("all effects",
					() -> process.client()
						.json("/journal/counts?prefix=" + prefix)
						.path("failure.booked")
						.asLong(0) >= count);
			Duration took = Duration.ofNanos(System.nanoTime() - freed);
			assertThat(process.isRunning()).as("the same process").isTrue();
			Tally tally = Count.of(process.client(), prefix).inOrder().balance(accepted);
			assertThat(took).isLessThan(scene().size().within(Duration.ofSeconds(60)));
			scene().report(tally, "%s; %d accepted before, all %.1f s after there was space", disk.kind(),
					count / 2 + stored, took.toMillis() / 1000.0);
		}
	}

}
