package dev.busbar.store.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.busbar.store.Leases;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the purges on a thread of its own, one instance at a time: chunks of a thousand
 * rows, each a short transaction, with a pause between them.
 */
public final class Retention implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Retention.class);

	private static final int CHUNK = 1000;

	private static final Duration PAUSE = Duration.ofMillis(100);

	// Not at once, when everything else starts; but so that an application that never
	// lives for long purges too.
	private static final Duration FIRST = Duration.ofMinutes(1);

	private static final Duration EVERY = Duration.ofMinutes(10);

	private static final Duration STOP = Duration.ofSeconds(5);

	private static final Duration LEASE = Duration.ofMinutes(5);

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final Leases leases;

	private final List<Purge> purges;

	private final Clock clock;

	private volatile @Nullable ScheduledExecutorService scheduler;

	private volatile boolean stopping;

	/**
	 * Creates the job; it runs between {@link #start()} and {@link #stop()}.
	 * @param dataSource the database of the tables
	 * @param transactions its transactions
	 * @param leases lets one instance purge
	 * @param purges what is to be removed
	 * @param clock tells the age of rows
	 */
	public Retention(DataSource dataSource, PlatformTransactionManager transactions, Leases leases, List<Purge> purges,
			Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transaction = new TransactionTemplate(transactions);
		this.leases = leases;
		this.purges = List.copyOf(purges);
		this.clock = clock;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // the task catches what it throws
	public void start() {
		this.stopping = false;
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "busbar-retention");
			thread.setDaemon(true);
			return thread;
		});
		started.scheduleWithFixedDelay(this::runSafely, FIRST.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
		this.scheduler = started;
	}

	private void runSafely() {
		try {
			run();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			logger.warn("Purging failed and is tried again in {} min: {}", EVERY.toMinutes(), ex.toString());
		}
	}

	/**
	 * Removes what has ended its retention, unless another instance is doing so.
	 * @return how many rows were removed
	 * @throws InterruptedException if the thread is interrupted while it pauses
	 */
	public long run() throws InterruptedException {
		long removed = 0;
		for (Purge purge : this.purges) {
			removed += run(purge);
		}
		return removed;
	}

	private long run(Purge purge) throws InterruptedException {
		String lease = "retention:" + purge.name();
		long removed = 0;
		while (!this.stopping && this.leases.acquire(lease, LEASE)) {
			int chunk = chunk(purge);
			removed += chunk;
			if (chunk < CHUNK) {
				this.leases.release(lease);
				break;
			}
			TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
		}
		if (removed > 0) {
			logger.info("Purged {} rows of {} older than {}", removed, purge.name(), purge.retention());
		}
		return removed;
	}

	private int chunk(Purge purge) {
		OffsetDateTime before = this.clock.instant().minus(purge.retention()).atOffset(ZoneOffset.UTC);
		Integer removed = this.transaction.execute((status) -> purge.chunk().remove(this.jdbc, before, CHUNK));
		return (removed != null) ? removed : 0;
	}

	@Override
	public void stop() {
		ScheduledExecutorService running = this.scheduler;
		if (running != null) {
			this.scheduler = null;
			this.stopping = true;
			// Not interrupted: an interrupt inside H2 closes the database for all.
			running.shutdown();
			try {
				running.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.scheduler != null;
	}

}
