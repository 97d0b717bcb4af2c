package dev.busbar.binder.jdbc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.busbar.binder.jdbc.log.LogLease;
import dev.busbar.binder.jdbc.log.LogLeases.Holding;
import dev.busbar.binder.jdbc.log.LogRecord;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * One consumer of a group: its leased partitions, and which of them is handled when. A
 * partition is handled by one worker at a time, in order.
 */
final class Consumption {

	private static final Log logger = LogFactory.getLog(Consumption.class);

	private static final ThreadLocal<Consumption> CURRENT = new ThreadLocal<>();

	private final LogConsumers consumers;

	private final Settings settings;

	private final RecordHandler handler;

	private final Map<Integer, PartitionLease> leases = new ConcurrentHashMap<>();

	private final Queue<PartitionLease> ready = new ArrayDeque<>();

	private volatile int groupId;

	private volatile String member = "";

	private volatile boolean running;

	private volatile boolean paused;

	private volatile boolean leaveWhenIdle;

	private int active;

	Consumption(LogConsumers consumers, Settings settings, RecordHandler handler) {
		this.consumers = consumers;
		this.settings = settings;
		this.handler = handler;
	}

	void start() {
		this.leaveWhenIdle = false;
		this.running = true;
		try {
			this.consumers.start(this);
		}
		catch (RuntimeException ex) {
			this.running = false;
			throw ex;
		}
		this.leases.values().forEach(this::signal);
	}

	/**
	 * Takes no new batch, waits for those in flight, frees the leases. A worker that
	 * stops its own consumer does not wait for itself: the leases are freed when it ends.
	 */
	void stop() {
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

	void pause() {
		this.paused = true;
	}

	void resume() {
		this.paused = false;
		this.leases.values().forEach(this::signal);
	}

	boolean isPaused() {
		return this.paused;
	}

	/**
	 * Whether a worker goes on with the records that it has read.
	 * @param lease the partition
	 * @return false if it shall stop after the record in hand
	 */
	boolean mayContinue(PartitionLease lease) {
		return this.running && !this.paused && !lease.isRevoked();
	}

	int groupId() {
		return this.groupId;
	}

	boolean isRunning() {
		return this.running;
	}

	/**
	 * The consumer as its group knows it.
	 * @return its id; empty before it joined
	 */
	String member() {
		return this.member;
	}

	void join() {
		abandon();
		this.groupId = this.consumers.topology()
			.ensureGroup(this.settings.destination(), this.settings.group(), this.settings.durable(),
					this.settings.latest());
		String id = this.consumers.newMember();
		this.consumers.leases().join(this.groupId, id);
		this.member = id;
	}

	void leave() {
		abandon();
		this.consumers.leases().leave(this.groupId, this.member);
		if (!this.settings.durable()) {
			this.consumers.topology().forgetGroup(this.settings.destination(), this.settings.group());
		}
	}

	private void abandon() {
		// A worker that has a record in hand must not go on to the next.
		this.leases.values().forEach(PartitionLease::revoke);
		this.leases.clear();
	}

	void wake(Map<Integer, Long> heads) {
		for (PartitionLease lease : this.leases.values()) {
			Long head = heads.get(lease.lease().partitionId());
			if (head != null) {
				lease.seen(head);
				signal(lease);
			}
		}
	}

	/**
	 * Gives up leases that were lost or are more than a fair share; takes what is free.
	 * @param members the living consumers of the group
	 * @param holdings who owns what
	 * @return whether a lease was taken
	 */
	boolean rebalance(List<String> members, List<Holding> holdings) {
		if (!members.contains(this.member)) {
			logger.warn(this + " was away for so long that it was given up; it joins its group again");
			join();
			return false;
		}
		Set<Integer> owned = new HashSet<>();
		List<Holding> free = new ArrayList<>();
		for (Holding holding : holdings) {
			PartitionLease mine = this.leases.get(holding.partitionId());
			boolean isMine = this.member.equals(holding.owner());
			if (mine != null && isMine && mine.lease().epoch() == holding.epoch()) {
				owned.add(holding.partitionId());
			}
			else if (mine == null && (isMine || holding.owner() == null || !members.contains(holding.owner()))) {
				free.add(holding);
			}
		}
		for (PartitionLease lease : this.leases.values()) {
			if (!owned.contains(lease.lease().partitionId())) {
				drop(lease, false);
			}
		}
		int share = share(members, holdings.size());
		long kept = this.leases.values().stream().filter((lease) -> !lease.isRevoked()).count();
		for (Iterator<PartitionLease> all = this.leases.values().iterator(); kept > share && all.hasNext();) {
			PartitionLease lease = all.next();
			if (!lease.isRevoked()) {
				drop(lease, true);
				kept--;
			}
		}
		return kept < share && take(free.subList(0, (int) Math.min(free.size(), share - kept)));
	}

	/** Equal shares; who gets one more differs from group to group. */
	private int share(List<String> members, int partitions) {
		List<String> order = new ArrayList<>(members);
		order.sort(Comparator.<String>comparingInt((id) -> (id + this.groupId).hashCode())
			.thenComparing(Comparator.naturalOrder()));
		int more = (order.indexOf(this.member) < partitions % order.size()) ? 1 : 0;
		return partitions / order.size() + more;
	}

	private boolean take(List<Holding> free) {
		if (free.isEmpty()) {
			return false;
		}
		Map<Integer, Integer> numbers = new HashMap<>();
		List<Integer> partitions = this.consumers.topology().partitions(this.settings.destination());
		partitions.forEach((id) -> numbers.put(id, numbers.size()));
		for (LogLease lease : this.consumers.leases().take(this.member, free)) {
			this.leases.put(lease.partitionId(), new PartitionLease(lease, this.settings.destination(),
					numbers.getOrDefault(lease.partitionId(), 0)));
		}
		return true;
	}

	private void drop(PartitionLease lease, boolean release) {
		synchronized (this) {
			lease.revoke();
			this.ready.remove(lease);
			if (!lease.isIdle()) {
				return;
			}
			this.leases.remove(lease.lease().partitionId(), lease);
		}
		if (release) {
			this.consumers.leases().release(lease.lease());
		}
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
				read(lease);
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

	private void read(PartitionLease lease) {
		if (lease.failures() > 0) {
			// The outcome of a failed commit may be unknown: what counts is what is
			// stored.
			OptionalLong stored = this.consumers.leases().position(lease.lease());
			if (stored.isEmpty()) {
				throw new StaleLeaseException("The lease of " + lease + " was lost");
			}
			lease.resetTo(stored.getAsLong());
		}
		long head = lease.head();
		List<LogRecord> records = this.consumers.reader()
			.read(lease.lease().partitionId(), lease.position(), this.settings.batchSize(), this.settings.batchBytes());
		if (records.isEmpty()) {
			if (lease.position() < head) {
				logger.warn(this + " was so slow that " + (head - lease.position()) + " records of " + lease
						+ " were deleted before it read them");
				lease.moveTo(head);
			}
			return;
		}
		long before = lease.position();
		this.handler.handle(lease, records);
		if (lease.position() == before && mayContinue(lease)) {
			throw new IllegalStateException("The consumer returned normally, but its acknowledgment was rolled back");
		}
		lease.succeeded();
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
		if (!this.running) {
			logger.debug(this + " failed at " + lease + " while it was stopped", ex);
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

	private void finished(PartitionLease lease) {
		boolean last;
		synchronized (this) {
			this.active--;
			lease.rest();
			last = this.leaveWhenIdle && this.active == 0;
			notifyAll();
			if (lease.isRevoked()) {
				this.leases.remove(lease.lease().partitionId(), lease);
			}
			else {
				signal(lease);
			}
		}
		try {
			if (lease.isRevoked()) {
				this.consumers.leases().release(lease.lease());
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The lease of " + lease + " could not be freed; it is taken again or expires", ex);
		}
		if (last) {
			this.consumers.leave(this);
		}
	}

	@Override
	public String toString() {
		return "group " + this.settings.group() + " of " + this.settings.destination();
	}

	/**
	 * What a consumer consumes.
	 *
	 * @param destination the destination
	 * @param group the group
	 * @param durable whether the group outlives its consumers
	 * @param latest whether a new group starts at the end
	 * @param concurrency how many partitions are handled at once
	 * @param batchSize how many records are read at once
	 * @param batchBytes how many bytes are read at once, if they are not a single record
	 */
	record Settings(String destination, String group, boolean durable, boolean latest, int concurrency, int batchSize,
			long batchBytes) {
	}

	/** Handles records of one partition, in order. */
	interface RecordHandler {

		/**
		 * Handles records and moves the position past them.
		 * @param lease the partition
		 * @param records at least one
		 */
		void handle(PartitionLease lease, List<LogRecord> records);

	}

}
