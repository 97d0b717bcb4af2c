package dev.busbar.bus.commit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerWatch;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN while the broker cannot be reached, or its bindings are not made, and no event can
 * be stored until it is back. It answers within a second even while the database that
 * would store them is silent: one question at a time is asked, on a thread of its own.
 */
final class BrokerHealth implements HealthIndicator, DisposableBean {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final BrokerWatch watch;

	private final @Nullable Backlog backlog;

	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), (work) -> {
				Thread thread = new Thread(work, "busbar-broker-health");
				thread.setDaemon(true);
				return thread;
			});

	private @Nullable CompletableFuture<Answer> open;

	BrokerHealth(BrokerWatch watch, @Nullable Backlog backlog) {
		this.watch = watch;
		this.backlog = backlog;
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public Health health() {
		String reason = this.watch.reason();
		if (reason == null) {
			return Health.up().withDetail("address", this.watch.address()).build();
		}
		String refusal = (this.backlog != null) ? refusal(this.backlog) : "There is no outbox";
		Health.Builder health = (refusal == null)
				? Health.up().withDetail("events", "are stored until the broker is back")
				: Health.down().withDetail("events", refusal);
		return health.withDetail("reason", reason).withDetail("address", this.watch.address()).build();
	}

	private @Nullable String refusal(Backlog outbox) {
		try {
			return ask(outbox).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).refusal();
		}
		catch (TimeoutException ex) {
			return "The database gives no answer within " + PATIENCE.toMillis() + " ms";
		}
		catch (ExecutionException ex) {
			return "The outbox cannot be asked";
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return "Interrupted";
		}
	}

	private synchronized CompletableFuture<Answer> ask(Backlog outbox) {
		CompletableFuture<Answer> asked = this.open;
		if (asked == null || asked.isDone()) {
			asked = CompletableFuture.supplyAsync(() -> new Answer(outbox.refusal()), this.executor);
			this.open = asked;
		}
		return asked;
	}

	/** An interrupt inside H2 would close the database, so that none is sent. */
	@Override
	public void destroy() {
		this.executor.shutdown();
	}

	/** What the outbox said. */
	private record Answer(@Nullable String refusal) {

	}

}
