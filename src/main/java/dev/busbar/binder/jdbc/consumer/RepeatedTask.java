package dev.busbar.binder.jdbc.consumer;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What is done again and again, whatever fails: tells when it begins to fail, and when it
 * works again.
 */
final class RepeatedTask implements Runnable {

	private static final Log logger = LogFactory.getLog(RepeatedTask.class);

	private final String name;

	private final Duration interval;

	private final ScheduledExecutorService executor;

	private final Runnable work;

	private volatile boolean failing;

	RepeatedTask(String name, Duration interval, ScheduledExecutorService executor, Runnable work) {
		this.name = name;
		this.interval = interval;
		this.executor = executor;
		this.work = work;
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	void schedule() {
		long millis = Math.max(1, this.interval.toMillis());
		this.executor.scheduleWithFixedDelay(this, millis, millis, TimeUnit.MILLISECONDS);
	}

	void runSoon() {
		LogConsumers.execute(this.executor, this);
	}

	@Override
	public void run() {
		try {
			tryOnce();
		}
		catch (Throwable ex) {
			// There was no memory even for the log. An executor would cancel the task.
		}
	}

	private void tryOnce() {
		try {
			this.work.run();
			if (this.failing) {
				this.failing = false;
				logger.info("The " + this.name + " of the log works again");
			}
		}
		catch (Throwable ex) {
			if (!this.failing && !this.executor.isShutdown()) {
				this.failing = true;
				logger.warn("The " + this.name + " of the log failed; trying again every " + this.interval, ex);
			}
		}
	}

}
