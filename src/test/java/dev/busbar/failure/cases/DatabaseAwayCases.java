package dev.busbar.failure.cases;

import java.time.Duration;
import java.util.Objects;

import dev.busbar.failure.ground.Contractor;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.Server;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database is away under load. Where it is the embedded broker too, nothing is
 * accepted; where the broker is another, events are accepted and wait there.
 */
public interface DatabaseAwayCases extends FailureCase {

	@Test
	default void databaseAwayUnderLoad() {
		Server database = Objects.requireNonNull(scene().site().database());
		boolean shared = database == scene().site().server();
		String prefix = Scene.prefix();
		int count = scene().size().of(10_000, 2_000);
		Duration away = Duration.ofSeconds(scene().size().of(60, 5));
		BusbarProcess process = scene().process();
		BusbarClient client = scene().client();
		Load load = scene().load(Scene.orders(prefix, 100, count));
		load.awaitAccepted(count / 10);
		database.stop();
		Awaitility.await("readiness DOWN").atMost(Duration.ofMinutes(1)).until(() -> !client.isReady());
		int before = load.accepted().size();
		Awaitility.await("DOWN but alive")
			.during(away)
			.atMost(away.multipliedBy(2).plusSeconds(30))
			.until(() -> !client.isReady() && client.get("/actuator/health/liveness").statusCode() == 200);
		if (shared) {
			assertThat(load.accepted()).as("accepted without a database").hasSize(before);
		}
		database.start();
		long back = System.nanoTime();
		load.await();
		scene().awaitOrders(prefix, count);
		Duration took = Duration.ofNanos(System.nanoTime() - back);
		assertThat(process.isRunning()).as("the same process").isTrue();
		Tally tally = Count.of(client, prefix).inOrder().balance(load.accepted());
		assertThat(took).isLessThan(scene().size().within(Duration.ofSeconds(60)));
		Awaitility.await("readiness UP").atMost(Duration.ofMinutes(1)).until(client::isReady);
		scene().report(tally, "%d s away, %d accepted before, all %.1f s after it was back", away.toSeconds(), before,
				took.toMillis() / 1000.0);
	}

	/** The client is told that its answer was not kept, and answers again. */
	@Test
	default void databaseAwayWhileARemoteHandlerAnswers() {
		Server database = Objects.requireNonNull(scene().site().database());
		try (Contractor contractor = new Contractor(scene(), 40)) {
			database.stop();
			contractor.answer();
			scene().await("answers refused", () -> contractor.refused() >= 4);
			assertThat(contractor.acknowledged()).isZero();
			database.start();
			scene().report(contractor.finish(), "4 answers refused while it was away");
		}
	}

}
