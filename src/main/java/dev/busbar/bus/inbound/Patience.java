package dev.busbar.bus.inbound;

import java.time.Duration;

/**
 * Waits in place, until a pause is over or handling is told to stop.
 */
public final class Patience {

	private boolean stopped;

	/**
	 * Waits.
	 * @param pause how long
	 * @throws HandlingStoppedException if handling was stopped, before or meanwhile
	 */
	public synchronized void pause(Duration pause) {
		long deadline = System.nanoTime() + pause.toNanos();
		try {
			for (long left = pause.toNanos(); left > 0 && !this.stopped; left = deadline - System.nanoTime()) {
				wait(left / 1_000_000, (int) (left % 1_000_000));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new HandlingStoppedException();
		}
		if (this.stopped) {
			throw new HandlingStoppedException();
		}
	}

	/**
	 * Goes on at once, unless handling was stopped.
	 * @throws HandlingStoppedException if it was
	 */
	public synchronized void check() {
		if (this.stopped) {
			throw new HandlingStoppedException();
		}
	}

	/** Ends all waiting. */
	public synchronized void stop() {
		this.stopped = true;
		notifyAll();
	}

	/** Allows waiting again. */
	public synchronized void resume() {
		this.stopped = false;
	}

}
