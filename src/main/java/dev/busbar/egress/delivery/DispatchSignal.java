package dev.busbar.egress.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells the dispatcher of this instance that there is something to do.
 */
public final class DispatchSignal {

	private final Set<String> subscriptions = new HashSet<>();

	private boolean raised;

	/** Wakes the dispatcher. */
	public synchronized void wake() {
		this.raised = true;
		notifyAll();
	}

	private synchronized void wake(Collection<String> names) {
		this.subscriptions.addAll(names);
		wake();
	}

	/**
	 * Wakes the dispatcher for some subscriptions, once the running transaction has
	 * committed, or now without one.
	 * @param names the names of the subscriptions
	 */
	public void wakeAfterCommit(Collection<String> names) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			wake(names);
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				wake(names);
			}

		});
	}

	/**
	 * Waits for a signal.
	 * @param patience how long at most
	 * @return the subscriptions that were named
	 * @throws InterruptedException if the thread is interrupted
	 */
	public synchronized Set<String> await(Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		for (long left = patience.toMillis(); left > 0 && !this.raised; left = (end - System.nanoTime()) / 1_000_000) {
			wait(left);
		}
		this.raised = false;
		Set<String> named = new HashSet<>(this.subscriptions);
		this.subscriptions.clear();
		return named;
	}

}
