package dev.busbar.bus;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class BrokerWatchTests {

	private final SwitchedProbe probe = new SwitchedProbe();

	private final List<BrokerWatch.Changed> changes = new CopyOnWriteArrayList<>();

	private final BrokerWatch watch = new BrokerWatch(this.probe, Duration.ofMillis(10), this.changes::add);

	@AfterEach
	void stop() {
		this.watch.stop();
	}

	@Test
	void aBrokerThatIsThereIsAvailableAfterTheStart() {
		this.watch.start();
		assertThat(this.watch.available()).isTrue();
		assertThat(this.watch.reason()).isNull();
	}

	@Test
	void eachChangeIsToldInOneLine(CapturedOutput output) {
		this.probe.away = true;
		this.watch.start();
		Awaitility.await().until(() -> this.probe.tries.get() > 10);
		assertThat(this.watch.available()).isFalse();
		assertThat(this.watch.unavailable()).hasMessageContaining("here:1").hasMessageContaining("nobody listens");
		this.probe.away = false;
		Awaitility.await().until(this.watch::available);
		this.probe.away = true;
		Awaitility.await().until(() -> !this.watch.available());
		Awaitility.await().until(() -> this.changes.size() == 2);
		assertThat(this.changes).extracting(BrokerWatch.Changed::available).containsExactly(true, false);
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).hasSize(2)
			.allMatch((line) -> line.contains("here:1 cannot be reached") && line.contains("nobody listens"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("INFO"))).hasSize(1);
	}

	@Test
	void aBrokerWhoseBindingsFailIsNotAvailableUntilTheyAreMade(CapturedOutput output) {
		AtomicInteger tries = new AtomicInteger();
		this.watch.binder(() -> {
			if (tries.incrementAndGet() < 4) {
				throw new IOException("no leader");
			}
		});
		this.probe.away = true;
		this.watch.start();
		this.probe.away = false;
		Awaitility.await().until(this.watch::available);
		assertThat(tries).hasValue(4);
		assertThat(output.getOut().lines().filter((line) -> line.contains("no leader"))).hasSize(1);
	}

	@Test
	void aSuspicionHasAnAvailableBrokerTriedAtOnce() {
		BrokerWatch slow = new BrokerWatch(this.probe, Duration.ofDays(1), this.changes::add);
		slow.start();
		this.probe.away = true;
		slow.suspect();
		Awaitility.await().until(() -> !slow.available());
		slow.stop();
	}

	@Test
	void withoutAProbeThereIsNoThreadAndTheBrokerIsAvailable() {
		BrokerWatch embedded = new BrokerWatch(null, Duration.ofMillis(1), this.changes::add);
		embedded.start();
		assertThat(embedded.available()).isTrue();
		assertThat(embedded.isRunning()).isFalse();
	}

	private static final class SwitchedProbe implements BrokerProbe {

		volatile boolean away;

		final AtomicInteger tries = new AtomicInteger();

		@Override
		public String address() {
			return "here:1";
		}

		@Override
		public void probe() throws IOException {
			this.tries.incrementAndGet();
			if (this.away) {
				throw new IOException("nobody listens");
			}
		}

	}

}
