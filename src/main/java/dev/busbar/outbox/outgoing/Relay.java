package dev.busbar.outbox.outgoing;

import java.time.Duration;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.outbox.RelaySignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Publishes what waits in the database, on a thread of its own: at once when this
 * instance has stored something, and within a second what a time, another instance or a
 * crash has left. While the broker is away it waits.
 */
public final class Relay implements SmartLifecycle {

	/**
	 * Stopped after the input bindings ({@code DEFAULT_PHASE - 3000}), whose batches
	 * store events, and before the bus.
	 */
	private static final int PHASE = DEFAULT_PHASE - 3500;

	private static final Duration POLL = Duration.ofSeconds(1);

	private static final Duration STOP = Duration.ofSeconds(15);

	private static final Logger logger = LoggerFactory.getLogger(Relay.class);

	private final RelayBatch batch;

	private final RelaySignal signal;

	private final BrokerWatch watch;

	private boolean failing;

	private volatile @Nullable Thread thread;

	/**
	 * Creates a relay that has not started.
	 * @param batch publishes a batch
	 * @param signal tells that there is something to publish
	 * @param watch tells whether the broker is there
	 */
	public Relay(RelayBatch batch, RelaySignal signal, BrokerWatch watch) {
		this.batch = batch;
		this.signal = signal;
		this.watch = watch;
	}

	@Override
	public void start() {
		if (this.thread == null) {
			Thread started = new Thread(this::run, "busbar-relay");
			started.setDaemon(true);
			this.thread = started;
			started.start();
		}
	}

	/** Lets the batch in hand end. */
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
			running.join(STOP.toMillis());
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

	/**
	 * Goes on when the broker is back.
	 * @param change what the watch has seen
	 */
	@EventListener
	void changed(BrokerWatch.Changed change) {
		this.signal.wake();
	}

	private void run() {
		try {
			while (this.thread == Thread.currentThread()) {
				if (!this.watch.available() || !runSafely()) {
					this.signal.await(POLL);
				}
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The relay was interrupted", ex);
		}
	}

	/** Whether there may be more. */
	private boolean runSafely() throws InterruptedException {
		try {
			boolean more = this.batch.run() > 0;
			if (this.failing) {
				this.failing = false;
				logger.info("The relay of stored events works again");
			}
			return more;
		}
		catch (BrokerUnavailableException ex) {
			logger.debug("The relay waits for the broker", ex);
		}
		catch (Throwable ex) {
			// Not even an Error may end it.
			if (!this.failing) {
				this.failing = true;
				logger.warn("The relay of stored events failed, and tries again every {} s: {}", POLL.toSeconds(),
						ex.toString());
			}
		}
		// However often it is woken meanwhile.
		Thread.sleep(POLL.toMillis());
		return false;
	}

}
