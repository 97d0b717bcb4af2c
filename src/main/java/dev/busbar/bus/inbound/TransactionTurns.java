package dev.busbar.bus.inbound;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Lets as many transactions run at a time as the pool has connections, less two, and has
 * the others wait in the order in which they came: for a connection of the pool they
 * would wait no longer than its timeout, and so would all else that needs one.
 */
public final class TransactionTurns implements TransactionOperations {

	/** What asks where events wait, and what publishes them, wait behind no handler. */
	private static final int LEFT = 2;

	private static final long CHECK_MILLIS = 500;

	private final TransactionOperations transaction;

	private final Patience patience;

	private final Queue<CountDownLatch> line = new ArrayDeque<>();

	private int free;

	/**
	 * Creates turns.
	 * @param transaction runs one
	 * @param connections how many the pool has; two are left to others
	 * @param patience tells whoever waits that handling was stopped
	 */
	public TransactionTurns(TransactionOperations transaction, int connections, Patience patience) {
		this.transaction = transaction;
		this.free = Math.max(1, connections - LEFT);
		this.patience = patience;
	}

	/**
	 * Runs a transaction when it is its turn.
	 * @throws HandlingStoppedException if handling was stopped while it waited; then it
	 * did not run
	 */
	@Override
	public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
		CountDownLatch turn = take();
		if (turn != null) {
			await(turn);
		}
		try {
			return this.transaction.execute(action);
		}
		finally {
			release();
		}
	}

	/** Returns a place in the line, null if it is its turn at once. */
	private synchronized @Nullable CountDownLatch take() {
		if (this.free > 0) {
			this.free--;
			return null;
		}
		CountDownLatch turn = new CountDownLatch(1);
		this.line.add(turn);
		return turn;
	}

	private void await(CountDownLatch turn) {
		try {
			while (!turn.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
				this.patience.check();
			}
			this.patience.check();
		}
		catch (HandlingStoppedException ex) {
			leave(turn);
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			leave(turn);
			throw new HandlingStoppedException();
		}
	}

	private synchronized void leave(CountDownLatch turn) {
		if (!this.line.remove(turn)) {
			release();
		}
	}

	private synchronized void release() {
		CountDownLatch next = this.line.poll();
		if (next != null) {
			next.countDown();
		}
		else {
			this.free++;
		}
	}

}
