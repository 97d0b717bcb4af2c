package dev.busbar.egress.dispatch;

import java.time.Duration;
import java.util.Set;

import dev.busbar.egress.delivery.DispatchSignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Attempts deliveries, on a thread of its own: at once when this instance has written
 * one, and within a second when their time has come or another instance has left them.
 */
final class Dispatcher implements SmartLifecycle {

	/**
	 * Stopped after the input bindings ({@code DEFAULT_PHASE - 3000}), which write
	 * deliveries, and before the relay, which publishes what is told of endpoints.
	 */
	private static final int PHASE = DEFAULT_PHASE - 3250;

	private static final Logger logger = LoggerFactory.getLogger(Dispatcher.class);

	private static final Duration POLL = Duration.ofMillis(500);

	/** Gathers what ends and begins at about the same time into one transaction. */
	private static final long GATHER_MILLIS = 4;

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private static final Duration STOP = Duration.ofSeconds(10);

	private final DispatchRound round;

	private final DispatchSignal signal;

	private boolean failing;

	private volatile @Nullable Thread thread;

	Dispatcher(DispatchRound round, DispatchSignal signal) {
		this.round = round;
		this.signal = signal;
	}

	@Override
	public void start() {
		if (this.thread == null) {
			Thread started = new Thread(this::run, "busbar-dispatcher");
			started.setDaemon(true);
			this.thread = started;
			started.start();
		}
	}

	/** Begins no further attempt, and lets those end that run, for 10 s at most. */
	@Override
	public void stop() {
		Thread running = this.thread;
		this.thread = null;
		if (running == null) {
			return;
		}
		this.signal.wake();
		try {
			// No interrupt, which inside H2 closes the database for all.
			running.join(STOP.plusSeconds(5).toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	private void run() {
		try {
			while (this.thread == Thread.currentThread()) {
				Set<String> named = this.signal.await(POLL);
				Thread.sleep(GATHER_MILLIS);
				roundSafely(named);
			}
			end();
		}
		catch (InterruptedException ex) {
			logger.debug("The dispatcher was interrupted", ex);
		}
	}

	private void roundSafely(Set<String> named) throws InterruptedException {
		try {
			this.round.run(named);
			if (this.failing) {
				this.failing = false;
				logger.info("The delivery of webhooks works again");
			}
		}
		catch (Throwable ex) {
			// Not even an Error may end it.
			if (!this.failing) {
				this.failing = true;
				logger.warn("The delivery of webhooks failed, and is tried again every {} s: {}", PAUSE.toSeconds(),
						ex.toString());
			}
			// However often it is woken meanwhile.
			Thread.sleep(PAUSE.toMillis());
		}
	}

	private void end() throws InterruptedException {
		long end = System.nanoTime() + STOP.toNanos();
		try {
			this.round.keep();
			while (this.round.running() > 0 && System.nanoTime() < end) {
				this.signal.await(Duration.ofMillis(100));
				this.round.keep();
			}
			this.round.release();
		}
		catch (RuntimeException ex) {
			logger.debug("What was attempted last could not be kept; its claims end by themselves", ex);
		}
	}

}
