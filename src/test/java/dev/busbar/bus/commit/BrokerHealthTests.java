package dev.busbar.bus.commit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerProbe;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.event.Event;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

class BrokerHealthTests {

	private boolean away = true;

	private final BrokerWatch watch = new BrokerWatch(new BrokerProbe() {

		@Override
		public String address() {
			return "here:1";
		}

		@Override
		public void probe() throws Exception {
			if (BrokerHealthTests.this.away) {
				throw new IOException("nobody listens");
			}
		}

	}, Duration.ofMinutes(1), (change) -> {
	});

	@AfterEach
	void stop() {
		this.watch.stop();
	}

	@Test
	void aBrokerThatIsThereIsUpEvenIfTheOutboxIsFull() {
		this.away = false;
		Health health = health(new Stored("full"));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsOnlyKeys("address").containsEntry("address", "here:1");
	}

	@Test
	void anAbsentBrokerIsUpWhileEventsAreStored() {
		Health health = health(new Stored(null));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("reason", "nobody listens")
			.containsEntry("events", "are stored until the broker is back");
	}

	@Test
	void anAbsentBrokerIsDownWhenNoMoreEventsCanBeStored() {
		Health health = health(new Stored("The outbox holds 7 events"));
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("reason", "nobody listens")
			.containsEntry("events", "The outbox holds 7 events")
			.containsEntry("address", "here:1");
	}

	@Test
	void anAbsentBrokerIsDownWithoutAnOutbox() {
		assertThat(health(null).getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void aSilentDatabaseHoldsNoProbeUp() throws Exception {
		CountDownLatch silence = new CountDownLatch(1);
		this.watch.start();
		BrokerHealth indicator = new BrokerHealth(this.watch, new Silent(silence));
		assertThat(CompletableFuture.supplyAsync(indicator::health).get(60, TimeUnit.SECONDS))
			.satisfies((health) -> assertThat(health.getStatus()).isEqualTo(Status.DOWN))
			.satisfies((health) -> assertThat(health.getDetails().get("events").toString()).contains("no answer"));
		silence.countDown();
		Awaitility.await().untilAsserted(() -> assertThat(indicator.health().getStatus()).isEqualTo(Status.UP));
		indicator.destroy();
	}

	private Health health(@Nullable Backlog backlog) {
		this.watch.start();
		return new BrokerHealth(this.watch, backlog).health();
	}

	/** An outbox that says nothing for a while. */
	private record Silent(CountDownLatch silence) implements Backlog {

		@Override
		public @Nullable String refusal() {
			try {
				this.silence.await();
				return null;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public Set<Integer> waiting(Set<Integer> slots) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void append(List<Event<byte @Nullable []>> events) {
			throw new UnsupportedOperationException();
		}

	}

	/** An outbox of which only the refusal counts. */
	private record Stored(@Nullable String refusal) implements Backlog {

		@Override
		public Set<Integer> waiting(Set<Integer> slots) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void append(List<Event<byte @Nullable []>> events) {
			throw new UnsupportedOperationException();
		}

	}

}
