package dev.busbar.binder.jdbc.consumer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.busbar.binder.jdbc.log.LogLeases;
import dev.busbar.binder.jdbc.log.LogReader;
import dev.busbar.binder.jdbc.log.LogRetention;
import dev.busbar.binder.jdbc.log.LogTopology;
import dev.busbar.binder.jdbc.properties.JdbcBinderProperties;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * All running consumers of a binder and what they share: the heartbeat, one query for the
 * heads of all partitions, the workers, retention. No thread belongs to a partition.
 */
public final class LogConsumers {

	private static final Log logger = LogFactory.getLog(LogConsumers.class);

	private final String instance;

	private final LogTopology topology;

	private final LogLeases leases;

	private final LogReader reader;

	private final RetentionTask retention;

	private final JdbcBinderProperties properties;

	/** Of its own, so that no slow poll or purge stops the heart. */
	private final ScheduledThreadPoolExecutor heart;

	private final ScheduledThreadPoolExecutor scheduler;

	private final RepeatedTask heartbeat;

	private final RepeatedTask polling;

	private final ThreadPoolExecutor workers;

	private final List<Consumption> running = new CopyOnWriteArrayList<>();

	private final Object membership = new Object();

	private boolean scheduled;

	/**
	 * Creates the consumers of a binder; nothing runs before the first of them, but for
	 * {@link #retain() retention}.
	 * @param instance the id of this instance
	 * @param topology destinations, partitions and groups
	 * @param leases who owns which partition
	 * @param reader reads partitions
	 * @param retention deletes what is old
	 * @param properties times and bounds
	 * @param workerCount how many partitions are handled at once in all
	 */
	public LogConsumers(String instance, LogTopology topology, LogLeases leases, LogReader reader,
			LogRetention retention, JdbcBinderProperties properties, int workerCount) {
		this.instance = instance;
		this.topology = topology;
		this.leases = leases;
		this.reader = reader;
		this.properties = properties;
		this.heart = new ScheduledThreadPoolExecutor(1, threads("jdbc-heart-"));
		this.scheduler = new ScheduledThreadPoolExecutor(2, threads("jdbc-binder-"));
		this.scheduler.setRemoveOnCancelPolicy(true);
		this.retention = new RetentionTask(leases, retention, properties, this.scheduler);
		this.heartbeat = new RepeatedTask("heartbeat", properties.heartbeat(), this.heart, this::rebalance);
		this.polling = new RepeatedTask("poll", properties.pollInterval(), this.scheduler, this::poll);
		this.workers = new ThreadPoolExecutor(workerCount, workerCount, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threads("jdbc-worker-"));
		this.workers.allowCoreThreadTimeOut(true);
	}

	/**
	 * Makes a consumer a member of its group; partitions are leased to it soon.
	 * @param consumption the consumer
	 */
	void start(Consumption consumption) {
		synchronized (this.membership) {
			if (this.running.contains(consumption)) {
				// Stopped by its own worker, which has not ended yet: still a member.
				return;
			}
			this.leases.beat(this.properties.leaseTime());
			consumption.membership().join();
			this.running.add(consumption);
			if (!this.scheduled) {
				this.scheduled = true;
				this.heartbeat.schedule();
				this.polling.schedule();
			}
		}
		retain();
		this.heartbeat.runSoon();
	}

	/** Begins to delete what is old, also while nothing is consumed here. */
	public void retain() {
		this.retention.schedule();
	}

	/**
	 * Frees all leases of a consumer, unless it was started again.
	 * @param consumption a consumer that was stopped
	 */
	void leave(Consumption consumption) {
		synchronized (this.membership) {
			if (!consumption.isRunning() && this.running.remove(consumption)) {
				try {
					consumption.membership().leave();
					if (this.running.isEmpty()) {
						this.leases.quit();
					}
				}
				catch (RuntimeException ex) {
					logger.warn(
							"The leases of " + consumption + " could not be freed; that is tried again with the next "
									+ "heartbeat, and without one they expire after " + this.properties.leaseTime(),
							ex);
				}
			}
		}
	}

	/**
	 * Tells the consumers how far partitions reach.
	 * @param heads one past the last offset, by partition
	 */
	public void wake(Map<Integer, Long> heads) {
		for (Consumption consumption : this.running) {
			consumption.wake(heads);
		}
	}

	/**
	 * An id for a consumer of this instance.
	 * @return an id that no other consumer has
	 */
	String newMember() {
		return this.instance + "/" + UUID.randomUUID().toString().substring(0, 8);
	}

	void work(Runnable work) {
		execute(this.workers, work);
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	void later(Runnable work, long nanos) {
		try {
			this.scheduler.schedule(work, nanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Closed", ex);
		}
	}

	LogTopology topology() {
		return this.topology;
	}

	/** Who owns which partition. */
	public LogLeases leases() {
		return this.leases;
	}

	LogReader reader() {
		return this.reader;
	}

	JdbcBinderProperties properties() {
		return this.properties;
	}

	/** Stops all consumers, and the threads that they share. */
	public void close() {
		this.running.forEach(Consumption::stop);
		this.heart.shutdownNow();
		this.scheduler.shutdownNow();
		this.workers.shutdown();
	}

	private void rebalance() {
		synchronized (this.membership) {
			if (this.running.isEmpty()) {
				return;
			}
			this.leases.beat(this.properties.leaseTime());
			Map<Integer, List<String>> members = members();
			Map<Integer, List<LogLeases.Holding>> holdings = this.leases.holdings();
			boolean taken = false;
			for (Consumption consumption : this.running) {
				int group = consumption.membership().groupId();
				taken |= consumption.rebalance(members.getOrDefault(group, List.of()),
						holdings.getOrDefault(group, List.of()));
			}
			if (!taken) {
				return;
			}
		}
		this.polling.runSoon();
	}

	/** Who could not leave when it stopped must not keep its share. */
	private Map<Integer, List<String>> members() {
		Set<String> own = this.running.stream()
			.map(Consumption::membership)
			.map(Membership::id)
			.collect(Collectors.toSet());
		Map<Integer, List<String>> members = this.leases.members();
		boolean complete = true;
		for (Map.Entry<Integer, List<String>> group : members.entrySet()) {
			for (String id : group.getValue()) {
				if (id.startsWith(this.instance + "/") && !own.contains(id)) {
					this.leases.leave(group.getKey(), id);
					complete = false;
				}
			}
		}
		return complete ? members : this.leases.members();
	}

	private void poll() {
		if (!this.running.isEmpty()) {
			wake(this.reader.heads());
		}
	}

	static void execute(Executor executor, Runnable work) {
		try {
			executor.execute(work);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Closed", ex);
		}
	}

	private static CustomizableThreadFactory threads(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

}
