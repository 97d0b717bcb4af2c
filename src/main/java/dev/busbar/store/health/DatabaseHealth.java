package dev.busbar.store.health;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.sql.DataSource;

import dev.busbar.store.disk.FullDisk;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Asks the database whether it is there, and answers within a second all the same: who
 * probes gives up soon, and a probe that waits for a pool without connections would take
 * up a thread of the web server. One question at a time is asked, on a thread of its own;
 * while it is open, the last answer holds for some seconds.
 */
final class DatabaseHealth implements HealthIndicator, DisposableBean {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private static final int VALIDATION_SECONDS = 2;

	private final DataSource dataSource;

	private final Duration trust;

	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), (work) -> {
				Thread thread = new Thread(work, "busbar-database-health");
				thread.setDaemon(true);
				return thread;
			});

	private @Nullable CompletableFuture<Answer> open;

	private @Nullable Answer last;

	/**
	 * Creates the indicator; it asks when it is asked.
	 * @param dataSource the application's database
	 * @param trust how long an answer holds while the next one is awaited
	 */
	DatabaseHealth(DataSource dataSource, Duration trust) {
		this.dataSource = dataSource;
		this.trust = trust;
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public Health health() {
		try {
			return ask().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).health();
		}
		catch (TimeoutException ex) {
			return meanwhile();
		}
		catch (ExecutionException ex) {
			return Health.down().withDetail("reason", String.valueOf(ex.getCause())).build();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Health.down().withDetail("reason", "interrupted").build();
		}
	}

	private synchronized CompletableFuture<Answer> ask() {
		CompletableFuture<Answer> asked = this.open;
		if (asked == null || asked.isDone()) {
			asked = CompletableFuture.supplyAsync(this::answer, this.executor);
			this.open = asked;
		}
		return asked;
	}

	private Answer answer() {
		Answer answer = new Answer(check(), System.nanoTime());
		synchronized (this) {
			this.last = answer;
		}
		return answer;
	}

	private Health check() {
		if (FullDisk.isWaitedFor()) {
			return Health.down().withDetail("reason", "the disk of the database is full").build();
		}
		try (Connection connection = this.dataSource.getConnection()) {
			return connection.isValid(VALIDATION_SECONDS)
					? Health.up().withDetail("database", connection.getMetaData().getDatabaseProductName()).build()
					: Health.down().withDetail("reason", "the connection is not valid").build();
		}
		catch (SQLException ex) {
			return Health.down()
				.withDetail("reason", DatabaseUrl.withoutSecrets(String.valueOf(ex.getMessage())))
				.build();
		}
	}

	private synchronized Health meanwhile() {
		Answer known = this.last;
		if (known != null && System.nanoTime() - known.nanos() < this.trust.toNanos()) {
			return known.health();
		}
		return Health.down().withDetail("reason", "no answer within " + PATIENCE.toMillis() + " ms").build();
	}

	/** An interrupt inside H2 would close the database, so that none is sent. */
	@Override
	public void destroy() {
		this.executor.shutdown();
	}

	/** What the database said, and when. */
	private record Answer(Health health, long nanos) {

	}

}
