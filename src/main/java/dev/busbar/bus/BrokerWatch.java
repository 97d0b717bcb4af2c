package dev.busbar.bus;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Watches whether the selected broker can be used: whether it can be reached and every
 * binding is made. Tells each change in one line of the log. A broker without a
 * {@link BrokerProbe} (the embedded one) counts as reachable and costs no thread.
 */
public final class BrokerWatch implements SmartLifecycle {

	/**
	 * Published as an application event after each change, by the watch's thread.
	 *
	 * @param available whether the broker can be used now
	 * @param address the broker's address
	 */
	public record Changed(boolean available, String address) {

	}

	/**
	 * What has to be done when the broker can be reached, before it counts as available.
	 */
	@FunctionalInterface
	public interface Binder {

		/**
		 * Makes the bindings that wait for the broker. Called again until it succeeds.
		 * @throws Exception if the broker or a binding fails
		 */
		void bind() throws Exception;

	}

	private static final Logger logger = LoggerFactory.getLogger(BrokerWatch.class);

	/** While the broker is there: its loss shows by failing sends too. */
	private static final int CALM = 5;

	private final @Nullable BrokerProbe probe;

	private final Duration interval;

	private final Consumer<Changed> listener;

	private final AtomicReference<@Nullable Binder> binder = new AtomicReference<>();

	private final Object signal = new Object();

	private boolean suspected;

	private boolean awayTold;

	private volatile boolean reachable;

	private volatile boolean available;

	private volatile @Nullable String reason;

	private volatile @Nullable Thread thread;

	/**
	 * Creates a watch that has not started.
	 * @param probe tries the broker; null if there is nothing to try
	 * @param interval how long to wait between two tries while the broker is away
	 * @param listener told of each change
	 */
	public BrokerWatch(@Nullable BrokerProbe probe, Duration interval, Consumer<Changed> listener) {
		this.probe = probe;
		this.interval = interval;
		this.listener = listener;
		this.reachable = probe == null;
		this.available = probe == null;
		this.reason = (probe == null) ? null : "not tried yet";
	}

	/** Whether the broker can be used now. */
	public boolean available() {
		return this.available;
	}

	/** Whether the last try reached the broker; its bindings may still be missing. */
	public boolean reachable() {
		return this.reachable;
	}

	/** The broker's address, without credentials. */
	public String address() {
		return (this.probe == null) ? "embedded" : this.probe.address();
	}

	/** Why the broker cannot be used, null if it can. */
	public @Nullable String reason() {
		return this.available ? null : this.reason;
	}

	/** What a caller is told who needs the broker while it is away. */
	public BrokerUnavailableException unavailable() {
		return new BrokerUnavailableException("The broker at " + address() + " cannot be used now: " + this.reason,
				null);
	}

	/**
	 * Has a binder called each time the broker is reached after it was not.
	 * @param binder makes the bindings that are missing
	 */
	public void binder(Binder binder) {
		this.binder.set(binder);
	}

	/** Has the broker tried soon, because using it failed. */
	public void suspect() {
		synchronized (this.signal) {
			this.suspected = true;
			this.signal.notifyAll();
		}
	}

	/**
	 * Tries the broker now, on the caller's thread, because binding failed. If it cannot
	 * be reached, it counts as away from now on.
	 * @return whether it was reached
	 */
	public boolean recheck() {
		boolean reached = check();
		if (!reached) {
			this.available = false;
			tellAway();
		}
		return reached;
	}

	private boolean check() {
		BrokerProbe current = this.probe;
		if (current == null) {
			return true;
		}
		try {
			current.probe();
			this.reachable = true;
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (Exception ex) {
			this.reachable = false;
			this.reason = describe(ex);
			return false;
		}
	}

	/**
	 * Tries the broker once, for a second at most, and goes on watching on a thread of
	 * its own.
	 */
	@Override
	public void start() {
		if (this.probe == null || isRunning()) {
			return;
		}
		if (check()) {
			this.available = true;
		}
		else {
			tellAway();
		}
		Thread watching = new Thread(this::watch, "broker-watch");
		watching.setDaemon(true);
		this.thread = watching;
		watching.start();
	}

	@Override
	public void stop() {
		Thread watching = this.thread;
		this.thread = null;
		if (watching != null) {
			watching.interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	/** Before everything that uses the broker. */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	private void watch() {
		try {
			while (this.thread == Thread.currentThread()) {
				pause();
				look();
			}
		}
		catch (InterruptedException ex) {
			// stopped
		}
	}

	private void pause() throws InterruptedException {
		long wait = this.interval.toMillis() * (this.available ? CALM : 1);
		long end = System.nanoTime() + wait * 1_000_000;
		synchronized (this.signal) {
			while (!this.suspected) {
				long left = (end - System.nanoTime()) / 1_000_000;
				if (left <= 0) {
					return;
				}
				this.signal.wait(left);
			}
			this.suspected = false;
		}
		if (this.available) {
			return;
		}
		Thread.sleep(Math.max(0, (end - System.nanoTime()) / 1_000_000));
	}

	private void look() throws InterruptedException {
		boolean reached = check();
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		if (reached && !this.available) {
			bind();
		}
		else if (!reached && this.available) {
			this.available = false;
			tellAway();
			tell(false);
		}
	}

	private void bind() throws InterruptedException {
		try {
			Binder missing = this.binder.get();
			if (missing != null) {
				missing.bind();
			}
			this.available = true;
			this.awayTold = false;
			logger.info("The broker at {} is there", address());
			tell(true);
		}
		catch (Exception ex) {
			if (Thread.interrupted() || this.thread == null) {
				throw new InterruptedException();
			}
			String failure = describe(ex);
			if (!failure.equals(this.reason)) {
				logger.warn("The broker at {} was reached, but binding failed and is tried again: {}", address(),
						failure);
			}
			this.reason = failure;
		}
	}

	private void tell(boolean now) {
		try {
			this.listener.accept(new Changed(now, address()));
		}
		catch (RuntimeException ex) {
			logger.warn("A listener failed when told that the broker changed", ex);
		}
	}

	private synchronized void tellAway() {
		if (!this.awayTold) {
			this.awayTold = true;
			logger.warn("The broker at {} cannot be reached; it is tried again every {} ms: {}", address(),
					this.interval.toMillis(), this.reason);
		}
	}

	private static String describe(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		String message = root.getMessage();
		return (message != null && !message.isBlank()) ? message.lines().findFirst().orElse(message)
				: root.getClass().getSimpleName();
	}

}
