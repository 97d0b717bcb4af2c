package dev.busbar.egress.feed.intake;

import dev.busbar.bus.inbound.Patience;

import org.springframework.context.SmartLifecycle;

/**
 * Ends all waiting of the feed's consumers before their bindings are stopped.
 */
final class FeedIntake implements SmartLifecycle {

	/**
	 * Later than the input bindings, which have {@code DEFAULT_PHASE - 3000}; stopped
	 * before them.
	 */
	private static final int PHASE = DEFAULT_PHASE - 2900;

	private final Patience patience;

	private volatile boolean running;

	FeedIntake(Patience patience) {
		this.patience = patience;
	}

	@Override
	public void start() {
		this.patience.resume();
		this.running = true;
	}

	@Override
	public void stop() {
		this.patience.stop();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
