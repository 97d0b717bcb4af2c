package dev.busbar.outbox;

import java.time.Duration;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells the relay of this instance that there is something to publish.
 */
public final class RelaySignal {

	private final TransactionSynchronization afterCommit = new TransactionSynchronization() {

		@Override
		public void afterCommit() {
			wake();
		}

	};

	private boolean raised;

	/** Wakes the relay. */
	public synchronized void wake() {
		this.raised = true;
		notifyAll();
	}

	/** Wakes the relay once the running transaction has committed, or now without one. */
	public void wakeAfterCommit() {
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(this.afterCommit);
		}
		else {
			wake();
		}
	}

	/**
	 * Waits for a signal, and takes it back.
	 * @param patience how long at most
	 * @throws InterruptedException if the relay is interrupted meanwhile
	 */
	public synchronized void await(Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		for (long left = patience.toMillis(); left > 0 && !this.raised; left = (end - System.nanoTime()) / 1_000_000) {
			wait(left);
		}
		this.raised = false;
	}

}
