package dev.busbar.handler.assignment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import dev.busbar.handler.assignment.PartitionConsumer.Lease;
import dev.busbar.store.partition.Partition;
import dev.busbar.store.partition.PartitionLeases;
import dev.busbar.store.partition.PartitionView;
import dev.busbar.store.partition.PartitionView.Holding;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.ConsumerProperties;
import org.springframework.cloud.stream.binding.BindingService;

/**
 * Divides the partitions of a broker that gives each of them to one consumer, but does
 * not share them out (RabbitMQ), among the instances of the application: an instance
 * consumes the partitions whose leases it holds. It takes what is free up to its share,
 * and gives back what is beyond it after the consumer has stopped. The broker's single
 * active consumer stays the fence: an instance that has lost its lease without knowing
 * still has the queue, and the new one waits behind it.
 */
public final class PartitionAssignment {

	private static final Logger logger = LoggerFactory.getLogger(PartitionAssignment.class);

	private final PartitionLeases leases;

	private final boolean enabled;

	private final Duration heartbeat;

	private final Duration leaseTime;

	private final Map<String, Boolean> startup = new HashMap<>();

	private final List<PartitionConsumer> consumers = new CopyOnWriteArrayList<>();

	private volatile @Nullable PartitionTasks tasks;

	/**
	 * Creates an assignment without partitions.
	 * @param leases what the instances share
	 * @param enabled whether the broker needs it; if not, it leaves everything as it is
	 */
	public PartitionAssignment(PartitionLeases leases, boolean enabled) {
		this(leases, enabled, Duration.ofSeconds(1), Duration.ofSeconds(6));
	}

	/**
	 * Creates an assignment without partitions.
	 * @param leases what the instances share
	 * @param enabled whether the broker needs it
	 * @param heartbeat how often this instance says that it lives
	 * @param leaseTime how long an instance that says nothing counts as living
	 */
	PartitionAssignment(PartitionLeases leases, boolean enabled, Duration heartbeat, Duration leaseTime) {
		this.leases = leases;
		this.enabled = enabled;
		this.heartbeat = heartbeat;
		this.leaseTime = leaseTime;
	}

	/**
	 * Binds the partitions of a stream and starts none of them, unless a user has
	 * configured which of them this instance consumes.
	 * @param service makes the bindings
	 * @param channel what receives the messages
	 * @param name the name of the binding
	 * @return the bindings as people see them
	 */
	public synchronized Collection<Binding<Object>> bind(BindingService service, Object channel, String name) {
		ConsumerProperties properties = service.getBindingServiceProperties().getConsumerProperties(name);
		List<Integer> all = IntStream.range(0, properties.getInstanceCount()).boxed().toList();
		if (!this.enabled || !properties.isPartitioned() || properties.isMultiplex()
				|| !all.equals(properties.getInstanceIndexList())
				|| service.getBindingServiceProperties().getBindingDestination(name).contains(",")) {
			return service.bindConsumer(channel, name);
		}
		boolean allowed = this.startup.computeIfAbsent(name, (it) -> properties.isAutoStartup());
		properties.setAutoStartup(false);
		String stream = service.getBindingServiceProperties().getBindingDestination(name) + "/"
				+ service.getBindingServiceProperties().getGroup(name);
		return divide(stream, service.<Object>bindConsumer(channel, name), allowed);
	}

	/**
	 * Divides bindings that are not started.
	 * @param stream the name under which the instances share them
	 * @param partitions a binding per partition, in their order
	 * @param allowed whether they may run before a person says so
	 * @return the bindings as people see them
	 */
	Collection<Binding<Object>> divide(String stream, Collection<Binding<Object>> partitions, boolean allowed) {
		// A try to bind that failed half-way is made again.
		this.consumers.removeIf((it) -> it.partition().stream().equals(stream));
		List<Binding<Object>> bindings = new ArrayList<>();
		for (Binding<Object> bound : partitions) {
			PartitionConsumer consumer = new PartitionConsumer(new Partition(stream, bindings.size()), bound, allowed,
					this::soon);
			this.consumers.add(consumer);
			bindings.add(new PartitionBinding(bound, consumer));
		}
		return bindings;
	}

	/** Begins to share what is bound, or begins anew. */
	public synchronized void start() {
		if (!this.consumers.isEmpty() && this.tasks == null) {
			PartitionTasks started = new PartitionTasks(this::beatSafely);
			this.tasks = started;
			started.repeat(this.heartbeat);
		}
	}

	/**
	 * Takes and starts nothing any more; what runs is left to the one who unbinds it.
	 */
	public synchronized void stop() {
		this.consumers.forEach(PartitionConsumer::close);
		PartitionTasks running = this.tasks;
		this.tasks = null;
		if (running != null) {
			running.end();
		}
	}

	/** Leaves all partitions to the others, after everything was unbound. */
	public synchronized void quit() {
		if (this.consumers.isEmpty()) {
			return;
		}
		this.consumers.clear();
		try {
			this.leases.quit();
		}
		catch (RuntimeException ex) {
			logger.debug("The leases were not given back; they end in {}", this.leaseTime, ex);
		}
	}

	private void soon() {
		PartitionTasks current = this.tasks;
		if (current != null) {
			current.beatSoon();
		}
	}

	private void beatSafely() {
		try {
			beat();
		}
		catch (RuntimeException ex) {
			logger.debug("The partitions stay as they are until the database answers", ex);
		}
	}

	private void beat() {
		Map<String, List<PartitionConsumer>> byStream = new LinkedHashMap<>();
		Set<String> wanted = new HashSet<>();
		for (PartitionConsumer consumer : this.consumers) {
			String stream = consumer.partition().stream();
			byStream.computeIfAbsent(stream, (name) -> new ArrayList<>()).add(consumer);
			if (consumer.isRunning()) {
				wanted.add(stream);
			}
		}
		PartitionView view = this.leases.beat(Set.copyOf(byStream.keySet()), wanted, this.leaseTime);
		byStream.forEach((stream, partitions) -> balance(stream, partitions, view));
	}

	private void balance(String stream, List<PartitionConsumer> partitions, PartitionView view) {
		int share = view.share(stream, partitions.size(), this.leases.instance());
		int held = 0;
		for (PartitionConsumer consumer : partitions) {
			Holding holding = view.holdings().get(consumer.partition());
			boolean own = holding != null && holding.owner().equals(this.leases.instance());
			if (consumer.lease() != Lease.LEAVING && own != (consumer.lease() == Lease.HELD)) {
				consumer.lease(own ? Lease.HELD : Lease.FREE);
			}
			if (consumer.lease() != Lease.HELD) {
				settle(consumer);
			}
			else if (consumer.isRunning() && held < share) {
				held++;
				settle(consumer);
			}
			else {
				consumer.lease(Lease.LEAVING);
				later(() -> leave(consumer));
			}
		}
		for (PartitionConsumer consumer : partitions) {
			Holding holding = view.holdings().get(consumer.partition());
			boolean free = consumer.lease() == Lease.FREE && (holding == null || !holding.live());
			if (free && consumer.isRunning() && held < share && this.leases.take(consumer.partition(), holding)) {
				held++;
				consumer.lease(Lease.HELD);
				settle(consumer);
			}
		}
	}

	private void settle(PartitionConsumer consumer) {
		if (consumer.claimSettling()) {
			later(consumer::settleLater);
		}
	}

	private void leave(PartitionConsumer consumer) {
		consumer.settle();
		try {
			this.leases.release(consumer.partition());
		}
		finally {
			consumer.lease(Lease.FREE);
		}
	}

	private void later(Runnable work) {
		PartitionTasks current = this.tasks;
		if (current != null) {
			current.run(() -> {
				try {
					work.run();
				}
				catch (RuntimeException ex) {
					logger.debug("A partition is started or stopped with the next heartbeat", ex);
				}
			});
		}
	}

}
