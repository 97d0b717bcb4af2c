package dev.busbar.binder.jdbc.consumer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import dev.busbar.binder.jdbc.log.LogLease;
import dev.busbar.binder.jdbc.log.LogLeases.Holding;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A consumer as a member of its group: under which id, and which partitions are leased to
 * it. It joins, leaves and takes leases on one thread at a time; leases are read, and
 * laid down, by any.
 */
final class Membership {

	private static final Log logger = LogFactory.getLog(Membership.class);

	private final LogConsumers consumers;

	private final ConsumerSettings settings;

	private final Map<Integer, PartitionLease> leases = new ConcurrentHashMap<>();

	private volatile int groupId;

	private volatile String id = "";

	Membership(LogConsumers consumers, ConsumerSettings settings) {
		this.consumers = consumers;
		this.settings = settings;
	}

	int groupId() {
		return this.groupId;
	}

	/**
	 * The consumer as its group knows it.
	 * @return its id; empty before it joined
	 */
	String id() {
		return this.id;
	}

	/** The leases that it holds now. */
	Collection<PartitionLease> leases() {
		return this.leases.values();
	}

	void join() {
		abandon();
		this.groupId = this.consumers.topology()
			.ensureGroup(this.settings.destination(), this.settings.group(), this.settings.durable(),
					this.settings.latest());
		String joined = this.consumers.newMember();
		this.consumers.leases().join(this.groupId, joined);
		this.id = joined;
	}

	void leave() {
		abandon();
		this.consumers.leases().leave(this.groupId, this.id);
		if (!this.settings.durable()) {
			this.consumers.topology().forgetGroup(this.settings.destination(), this.settings.group());
		}
	}

	private void abandon() {
		// A worker that has a record in hand must not go on to the next.
		this.leases.values().forEach(PartitionLease::revoke);
		this.leases.clear();
	}

	/** Knows no more of a lease that was revoked. */
	void forget(PartitionLease lease) {
		this.leases.remove(lease.lease().partitionId(), lease);
	}

	/** Lets others take what was leased; nothing happens if they have already. */
	void release(PartitionLease lease) {
		this.consumers.leases().release(lease.lease());
	}

	/**
	 * Gives up leases that were lost or are more than a fair share; takes what is free.
	 * @param members the living consumers of the group
	 * @param holdings who owns what
	 * @param retirement revokes a lease, and tells whether nobody works under it; else
	 * the one who does forgets and releases it
	 * @return whether a lease was taken
	 */
	boolean rebalance(List<String> members, List<Holding> holdings, Predicate<PartitionLease> retirement) {
		if (!members.contains(this.id)) {
			logger.warn(this.settings + " was away for so long that it was given up; it joins its group again");
			join();
			return false;
		}
		Set<Integer> owned = new HashSet<>();
		List<Holding> free = new ArrayList<>();
		for (Holding holding : holdings) {
			PartitionLease mine = this.leases.get(holding.partitionId());
			boolean isMine = this.id.equals(holding.owner());
			if (mine != null && isMine && mine.lease().epoch() == holding.epoch()) {
				owned.add(holding.partitionId());
			}
			else if (mine == null && (isMine || holding.owner() == null || !members.contains(holding.owner()))) {
				free.add(holding);
			}
		}
		for (PartitionLease lease : this.leases.values()) {
			if (!owned.contains(lease.lease().partitionId()) && retirement.test(lease)) {
				forget(lease);
			}
		}
		int share = share(members, holdings.size());
		long kept = this.leases.values().stream().filter((lease) -> !lease.isRevoked()).count();
		for (Iterator<PartitionLease> all = this.leases.values().iterator(); kept > share && all.hasNext();) {
			PartitionLease lease = all.next();
			if (!lease.isRevoked()) {
				if (retirement.test(lease)) {
					forget(lease);
					release(lease);
				}
				kept--;
			}
		}
		return kept < share && take(free.subList(0, (int) Math.min(free.size(), share - kept)));
	}

	/** Equal shares; who gets one more differs from group to group. */
	private int share(List<String> members, int partitions) {
		List<String> order = new ArrayList<>(members);
		order.sort(Comparator.<String>comparingInt((member) -> (member + this.groupId).hashCode())
			.thenComparing(Comparator.naturalOrder()));
		int more = (order.indexOf(this.id) < partitions % order.size()) ? 1 : 0;
		return partitions / order.size() + more;
	}

	private boolean take(List<Holding> free) {
		if (free.isEmpty()) {
			return false;
		}
		Map<Integer, Integer> numbers = new HashMap<>();
		List<Integer> partitions = this.consumers.topology().partitions(this.settings.destination());
		partitions.forEach((partition) -> numbers.put(partition, numbers.size()));
		for (LogLease lease : this.consumers.leases().take(this.id, free)) {
			this.leases.put(lease.partitionId(), new PartitionLease(lease, this.settings.destination(),
					numbers.getOrDefault(lease.partitionId(), 0)));
		}
		return true;
	}

}
