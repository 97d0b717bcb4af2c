package dev.busbar.contract.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What can happen around a handler: failed commits, a process that dies, company.
 */
class Trouble {

	private final Map<String, Integer> tries = new ConcurrentHashMap<>();

	private final CyclicBarrier company = new CyclicBarrier(2);

	private final boolean halts;

	Trouble(@Value("${contract.halts:false}") boolean halts) {
		this.halts = halts;
	}

	/** Lets the commit of the running transaction fail, the first times for this id. */
	void failCommit(String id, int times) {
		if (this.tries.merge(id, 1, Integer::sum) <= times) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					throw new IllegalStateException("the commit of " + id + " fails on purpose");
				}

			});
		}
	}

	/**
	 * Ends the process after the commit, once for this id, restarts included. Only in the
	 * process whose tests expect it: other groups see the same events.
	 */
	void haltAfterCommit(String id) {
		if (!this.halts) {
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				try {
					Files.createFile(Path.of("halted-" + id));
					Runtime.getRuntime().halt(137);
				}
				catch (FileAlreadyExistsException ex) {
					// It has died of this event before.
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}

		});
	}

	/** Whether another thread was here at the same time. */
	boolean meet() {
		try {
			this.company.await(500, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException | BrokenBarrierException ex) {
			this.company.reset();
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
