package dev.busbar.handler.batch;

import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.busbar.bus.inbound.Patience;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.handler.result.Sweep;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Sweeps results while the application runs, and ends all waiting before the bindings are
 * stopped.
 */
public final class HandlingLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

	/**
	 * Later than the input bindings, which have {@code DEFAULT_PHASE - 3000}; stopped
	 * before them.
	 */
	private static final int PHASE = DEFAULT_PHASE - 2900;

	private static final long SWEEP_SECONDS = 5;

	private static final Logger logger = LoggerFactory.getLogger(HandlingLifecycle.class);

	private final ResultPublisher publisher;

	private final Sweep sweep;

	private final Patience patience;

	private final InputBindings bindings;

	private volatile long closing;

	private @Nullable ScheduledExecutorService scheduler;

	private @Nullable Future<?> ticking;

	private long ticks;

	private final String summary;

	/**
	 * Creates the lifecycle.
	 * @param batches what handles the streams
	 * @param bindings the streams' bindings, for what is still in hand at the end
	 * @param summary what is handled, for one line of the log at the start
	 */
	public HandlingLifecycle(HandlerBatches batches, InputBindings bindings, String summary) {
		this.bindings = bindings;
		this.publisher = batches.publisher();
		this.sweep = batches.sweep();
		this.patience = batches.patience();
		this.summary = summary;
	}

	@Override
	public synchronized void start() {
		logger.info("{}", this.summary);
		this.patience.resume();
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "busbar-sweep");
			thread.setDaemon(true);
			return thread;
		});
		this.ticking = started.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
		this.scheduler = started;
	}

	private void tick() {
		if (this.ticks++ % SWEEP_SECONDS == 0) {
			this.sweep.runSafely();
			return;
		}
		try {
			this.publisher.flushMarks();
		}
		catch (RuntimeException ex) {
			logger.debug("The marks are written later", ex);
		}
	}

	@Override
	public synchronized void stop() {
		this.patience.stop();
		if (this.ticking != null) {
			this.ticking.cancel(false);
			this.ticking = null;
		}
		if (this.scheduler != null) {
			this.scheduler.shutdown();
			this.scheduler = null;
		}
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (this.closing == 0) {
			this.closing = System.nanoTime();
		}
	}

	/**
	 * Writes the last marks, once no batch runs any more, and tells how the application
	 * stopped.
	 */
	public void close() {
		tellHowItStopped();
		try {
			this.publisher.flushMarks();
		}
		catch (RuntimeException ex) {
			logger.debug("The last marks were not written; the results will be published once more", ex);
		}
	}

	private void tellHowItStopped() {
		if (this.closing == 0) {
			return;
		}
		long millis = (System.nanoTime() - this.closing) / 1_000_000;
		Set<String> busy = this.bindings.busy();
		if (busy.isEmpty()) {
			logger.info("Stopped in {} ms; nothing is in hand", millis);
		}
		else {
			logger.warn(
					"Stopped in {} ms, although handlers of {} have not returned; the broker delivers their events again",
					millis, busy);
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.scheduler != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
