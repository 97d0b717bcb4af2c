package dev.busbar.handler.assignment;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads of an assignment: one for the heartbeat alone, so that no slow start or
 * stop of a consumer holds it up, and some for these.
 */
final class PartitionTasks {

	private static final Logger logger = LoggerFactory.getLogger(PartitionTasks.class);

	private static final int WORKERS = 4;

	private static final int PATIENCE = 4;

	private final Runnable beat;

	private final ScheduledThreadPoolExecutor heart = new ScheduledThreadPoolExecutor(1, threads("busbar-partitions-"));

	private final ThreadPoolExecutor workers = new ThreadPoolExecutor(WORKERS, WORKERS, 10, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), threads("busbar-partition-"));

	/**
	 * Creates the threads.
	 * @param beat the heartbeat, which throws nothing
	 */
	PartitionTasks(Runnable beat) {
		this.beat = beat;
		this.workers.allowCoreThreadTimeOut(true);
	}

	/** Beats now, and then with a pause between two beats. */
	@SuppressWarnings("FutureReturnValueIgnored") // The heartbeat throws nothing.
	void repeat(Duration pause) {
		this.heart.scheduleWithFixedDelay(this.beat, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** Beats once more, soon. */
	void beatSoon() {
		execute(this.heart, this.beat);
	}

	/** Does some work, soon. */
	void run(Runnable work) {
		execute(this.workers, work);
	}

	/**
	 * Ends the threads, for good, and waits a few seconds for what they do. Without an
	 * interrupt, which would close an H2 database.
	 */
	void end() {
		this.heart.shutdown();
		this.workers.shutdown();
		try {
			if (!this.heart.awaitTermination(PATIENCE, TimeUnit.SECONDS)
					|| !this.workers.awaitTermination(PATIENCE, TimeUnit.SECONDS)) {
				logger.debug("Starting or stopping a partition takes long");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void execute(ThreadPoolExecutor executor, Runnable work) {
		try {
			executor.execute(work);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Closed", ex);
		}
	}

	private static CustomizableThreadFactory threads(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

}
