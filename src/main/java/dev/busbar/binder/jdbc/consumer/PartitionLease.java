package dev.busbar.binder.jdbc.consumer;

import java.time.Duration;

import dev.busbar.binder.jdbc.log.LogLease;

/**
 * A leased partition in memory. The scheduling fields belong to the monitor of its
 * {@link Consumption}; position, failures and limit to the one worker that has it.
 */
public final class PartitionLease {

	private static final long FIRST_RETRY = Duration.ofMillis(100).toNanos();

	private static final long LAST_RETRY = Duration.ofSeconds(5).toNanos();

	private final LogLease lease;

	private final String destination;

	private final int number;

	private final ReadLimit limit = new ReadLimit();

	private volatile long position;

	private volatile long head;

	private volatile boolean revoked;

	private boolean queued;

	private boolean working;

	private int failures;

	private long retryAt;

	PartitionLease(LogLease lease, String destination, int number) {
		this.lease = lease;
		this.destination = destination;
		this.number = number;
		this.position = lease.position();
		this.head = lease.position();
	}

	/** The lease as it is stored. */
	public LogLease lease() {
		return this.lease;
	}

	/** The partition's destination. */
	public String destination() {
		return this.destination;
	}

	/** The number of the partition within its destination, from 0. */
	public int number() {
		return this.number;
	}

	/** The offset that is handled next. */
	public long position() {
		return this.position;
	}

	/**
	 * Moves the position; never back.
	 * @param newPosition the offset that is handled next
	 */
	public void moveTo(long newPosition) {
		this.position = Math.max(this.position, newPosition);
	}

	void resetTo(long storedPosition) {
		this.position = storedPosition;
	}

	ReadLimit limit() {
		return this.limit;
	}

	long head() {
		return this.head;
	}

	void seen(long newHead) {
		// Publishers report their commits in any order.
		if (newHead > this.head) {
			this.head = newHead;
		}
	}

	boolean isRevoked() {
		return this.revoked;
	}

	void revoke() {
		this.revoked = true;
	}

	boolean isReady() {
		return !this.queued && !this.working && !this.revoked && this.position < this.head
				&& (this.failures == 0 || System.nanoTime() - this.retryAt >= 0);
	}

	boolean isIdle() {
		return !this.working;
	}

	void queue() {
		this.queued = true;
	}

	void work() {
		this.queued = false;
		this.working = true;
	}

	void rest() {
		this.working = false;
	}

	int failures() {
		return this.failures;
	}

	/** Forgets the failures before. */
	public void succeeded() {
		this.failures = 0;
	}

	/**
	 * Counts a failure.
	 * @return the nanoseconds until the next try
	 */
	long failed() {
		long delay = Math.min(LAST_RETRY, FIRST_RETRY << Math.min(this.failures, 10));
		this.retryAt = System.nanoTime() + delay;
		this.failures++;
		return delay;
	}

	@Override
	public String toString() {
		return "partition " + this.number + " of " + this.destination;
	}

}
