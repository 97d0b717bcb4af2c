package dev.busbar.outbox.remote;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells who serves the remote handlers of this instance that there is work.
 */
public final class RemoteSignal {

	private final TransactionSynchronization afterCommit = new TransactionSynchronization() {

		@Override
		public void afterCommit() {
			wake();
		}

	};

	private volatile Runnable listener = () -> {
	};

	/**
	 * Sets who is told.
	 * @param listener called on any thread, and not to take long
	 */
	public void listen(Runnable listener) {
		this.listener = listener;
	}

	/** Tells it now. */
	public void wake() {
		this.listener.run();
	}

	/** Tells it once the running transaction has committed, or now without one. */
	public void wakeAfterCommit() {
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(this.afterCommit);
		}
		else {
			wake();
		}
	}

}
