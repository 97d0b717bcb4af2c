package dev.busbar.handler.assignment;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.busbar.store.partition.Partition;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.context.Lifecycle;

/**
 * The consumer of one partition: it runs while a person lets it and this instance holds
 * the lease.
 */
final class PartitionConsumer implements Lifecycle {

	/** How this instance stands to the lease. */
	enum Lease {

		/** Somebody else's, or nobody's. */
		FREE,
		/** Its own. */
		HELD,
		/** Its own until the consumer has stopped. */
		LEAVING

	}

	private final Partition partition;

	private final Binding<?> consumer;

	private final Runnable changed;

	private final AtomicBoolean settling = new AtomicBoolean();

	private volatile boolean allowed;

	private volatile boolean closed;

	private volatile Lease lease = Lease.FREE;

	/**
	 * Creates one that does not run.
	 * @param partition what it consumes
	 * @param consumer the binding, which is not started
	 * @param allowed whether it may run before a person says so
	 * @param changed told when a person has let it run or not
	 */
	PartitionConsumer(Partition partition, Binding<?> consumer, boolean allowed, Runnable changed) {
		this.partition = partition;
		this.consumer = consumer;
		this.allowed = allowed;
		this.changed = changed;
	}

	Partition partition() {
		return this.partition;
	}

	Lease lease() {
		return this.lease;
	}

	void lease(Lease now) {
		this.lease = now;
	}

	@Override
	public void start() {
		this.allowed = true;
		this.changed.run();
	}

	/** Returns when the consumer has stopped; the lease is given back soon after. */
	@Override
	public void stop() {
		this.allowed = false;
		settle();
		this.changed.run();
	}

	@Override
	public boolean isRunning() {
		return this.allowed;
	}

	/**
	 * Whether somebody has to call {@link #settleLater}; nobody else is told so until
	 * then.
	 */
	boolean claimSettling() {
		return this.consumer.isRunning() != due() && this.settling.compareAndSet(false, true);
	}

	/** Settles after a claim. */
	void settleLater() {
		this.settling.set(false);
		settle();
	}

	private boolean due() {
		return this.allowed && !this.closed && this.lease == Lease.HELD;
	}

	/** Never starts it again. */
	void close() {
		this.closed = true;
	}

	/** Starts or stops the consumer as it should be; returns when that is done. */
	synchronized void settle() {
		boolean should = due();
		if (should && !this.consumer.isRunning()) {
			this.consumer.start();
		}
		else if (!should && this.consumer.isRunning()) {
			this.consumer.stop();
		}
	}

}
