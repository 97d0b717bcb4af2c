package dev.busbar.bus.kafka.metrics;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * One thread for what is done now and then for each of many clients: to see whether a
 * consumer still polls, and to bind the metrics that a client has got since. Otherwise
 * each consumer would have two threads for that. Listeners to what Spring Kafka tells of
 * a consumer that does not poll run on it, too, and should not block.
 */
public final class ClientUpkeep implements DisposableBean {

	private final Tasks tasks = new Tasks();

	private final TaskScheduler scheduler = new ConcurrentTaskScheduler(this.tasks);

	/** Runs the tasks of containers, which cancel them. */
	public TaskScheduler scheduler() {
		return this.scheduler;
	}

	/** Runs the tasks of those that do not cancel them. */
	ScheduledExecutorService executor() {
		return this.tasks;
	}

	/**
	 * Finds the repeated task that somebody schedules with {@link #executor()}, so that
	 * it can be cancelled.
	 * @param user schedules one
	 * @return the task, null if there is none
	 */
	@Nullable ScheduledFuture<?> scheduledBy(Runnable user) {
		synchronized (this.tasks) {
			this.tasks.last = null;
			user.run();
			return this.tasks.last;
		}
	}

	@Override
	public void destroy() {
		this.tasks.shutdownNow();
	}

	/** Remembers what was scheduled last. */
	private static final class Tasks extends ScheduledThreadPoolExecutor {

		private @Nullable ScheduledFuture<?> last;

		private Tasks() {
			super(1, daemons());
			setRemoveOnCancelPolicy(true);
		}

		private static CustomizableThreadFactory daemons() {
			CustomizableThreadFactory threads = new CustomizableThreadFactory("kafka-upkeep-");
			threads.setDaemon(true);
			return threads;
		}

		@Override
		public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
			ScheduledFuture<?> scheduled = super.scheduleAtFixedRate(task, delay, period, unit);
			synchronized (this) {
				this.last = scheduled;
			}
			return scheduled;
		}

	}

}
