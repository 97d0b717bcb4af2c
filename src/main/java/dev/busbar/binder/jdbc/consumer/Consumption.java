package dev.busbar.binder.jdbc.consumer;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

import dev.busbar.binder.jdbc.log.LogLeases.Holding;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of a group: which of the partitions that are leased to it is handled when.
 * A partition is handled by one worker at a time, in order.
 */
public final class Consumption {

	private static final Log logger = LogFactory.getLog(Consumption.class);

	private static final ThreadLocal<Consumption> CURRENT = new ThreadLocal<>();

	private final LogConsumers consumers;

	private final ConsumerSettings settings;

	private final PartitionReader reader;

	private final Membership membership;

	private final Queue<PartitionLease> ready = new ArrayDeque<>();

	private volatile boolean running;

	private volatile boolean paused;

	private volatile boolean leaveWhenIdle;

	private int active;

	/**
	 * Creates a consumer that has not started.
	 * @param consumers the running consumers of its binder
	 * @param settings what it consumes
	 * @param handler handles its records
	 */
	public Consumption(LogConsumers consumers, ConsumerSettings settings, RecordHandler handler) {
		this.consumers = consumers;
		this.settings = settings;
		this.reader = new PartitionReader(consumers, settings, handler);
		this.membership = new Membership(consumers, settings);
	}

	/**
	 * Joins the group, and consumes what is leased to it. Nothing happens if it runs.
	 */
	public void start() {
		this.leaveWhenIdle = false;
		this.running = true;
		try {
			this.consumers.start(this);
		}
		catch (RuntimeException ex) {
			this.running = false;
			throw ex;
		}
		this.membership.leases().forEach(this::signal);
	}

	/**
	 * Takes no new batch, waits for those in flight, frees the leases. A worker that
	 * stops its own consumer does not wait for itself: the leases are freed when it ends.
	 */
	public void stop() {
		if (CURRENT.get() == this) {
			this.leaveWhenIdle = true;
			this.running = false;
			return;
		}
		long deadline = System.nanoTime() + this.consumers.properties().shutdownTimeout().toNanos();
		synchronized (this) {
			this.running = false;
			this.ready.clear();
			long left = deadline - System.nanoTime();
			try {
				while (this.active > 0 && left > 0) {
					TimeUnit.NANOSECONDS.timedWait(this, left);
					left = deadline - System.nanoTime();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (this.active > 0) {
				logger.warn(this.active + " handlers of " + this + " did not end within "
						+ this.consumers.properties().shutdownTimeout() + "; their records will be handled again");
			}
		}
		this.consumers.leave(this);
	}

	/** Takes no new batch until it is resumed; keeps its leases. */
	public void pause() {
		this.paused = true;
	}

	/** Goes on after a pause. */
	public void resume() {
		this.paused = false;
		this.membership.leases().forEach(this::signal);
	}

	/** Whether it is paused. */
	public boolean isPaused() {
		return this.paused;
	}

	/**
	 * Whether a worker goes on with the records that it has read.
	 * @param lease the partition
	 * @return false if it shall stop after the record in hand
	 */
	public boolean mayContinue(PartitionLease lease) {
		return this.running && !this.paused && !lease.isRevoked();
	}

	boolean isRunning() {
		return this.running;
	}

	Membership membership() {
		return this.membership;
	}

	void wake(Map<Integer, Long> heads) {
		for (PartitionLease lease : this.membership.leases()) {
			Long head = heads.get(lease.lease().partitionId());
			if (head != null) {
				lease.seen(head);
				signal(lease);
			}
		}
	}

	/**
	 * Adjusts the leases to the group, and works on under those that it keeps.
	 * @param members the living consumers of the group
	 * @param holdings who owns what
	 * @return whether a lease was taken
	 */
	boolean rebalance(List<String> members, List<Holding> holdings) {
		return this.membership.rebalance(members, holdings, this::retire);
	}

	/** Tells whether no worker has the partition; else that one frees the lease. */
	private synchronized boolean retire(PartitionLease lease) {
		lease.revoke();
		this.ready.remove(lease);
		return lease.isIdle();
	}

	private synchronized void signal(PartitionLease lease) {
		if (this.running && !this.paused && lease.isReady()) {
			lease.queue();
			this.ready.add(lease);
		}
		while (this.running && !this.paused && this.active < this.settings.concurrency() && !this.ready.isEmpty()) {
			PartitionLease next = this.ready.remove();
			next.work();
			this.active++;
			this.consumers.work(() -> work(next));
		}
	}

	private void work(PartitionLease lease) {
		CURRENT.set(this);
		try {
			if (mayContinue(lease)) {
				this.reader.read(lease, this::mayContinue);
			}
		}
		catch (Throwable ex) {
			failed(lease, ex);
		}
		finally {
			CURRENT.remove();
			finished(lease);
		}
	}

	private void failed(PartitionLease lease, Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof StaleLeaseException) {
				lease.revoke();
				logger.info(this + " lost " + lease + " to another consumer");
				return;
			}
		}
		long nanos = lease.failed();
		if (!this.running || isCancelled(ex)) {
			logger.debug(this + " gave " + lease + " back unhandled, since it stops", ex);
		}
		else if (lease.failures() == 1) {
			logger.warn(
					this + " failed at offset " + lease.position() + " of " + lease + ", which waits until it succeeds",
					ex);
		}
		else {
			logger.debug(this + " failed again at " + lease, ex);
		}
		this.consumers.later(() -> signal(lease), nanos);
	}

	/** A handler says so that was told to stop, before this consumption itself was. */
	private static boolean isCancelled(@Nullable Throwable failure) {
		return failure instanceof CancellationException || (failure != null && isCancelled(failure.getCause()));
	}

	private void finished(PartitionLease lease) {
		boolean last;
		boolean revoked;
		synchronized (this) {
			this.active--;
			lease.rest();
			last = this.leaveWhenIdle && this.active == 0;
			revoked = lease.isRevoked();
			notifyAll();
			if (revoked) {
				this.membership.forget(lease);
			}
			else {
				signal(lease);
			}
		}
		if (revoked) {
			release(lease);
		}
		if (last) {
			this.consumers.leave(this);
		}
	}

	private void release(PartitionLease lease) {
		try {
			this.membership.release(lease);
		}
		catch (RuntimeException ex) {
			logger.warn("The lease of " + lease + " could not be freed; it is taken again or expires", ex);
		}
	}

	@Override
	public String toString() {
		return this.settings.toString();
	}

}
