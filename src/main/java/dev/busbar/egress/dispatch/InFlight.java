package dev.busbar.egress.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.busbar.egress.delivery.DeliveryClaims.Claim;
import dev.busbar.egress.dispatch.DeliveryOutcomes.Finished;

/**
 * The attempts that this instance makes at present. Counted by the dispatcher's thread
 * alone; other threads only hand in what has ended.
 */
final class InFlight {

	private final Map<Long, Claim> running = new LinkedHashMap<>();

	private final Map<String, Integer> counts = new HashMap<>();

	private final Map<String, Long> sizes = new HashMap<>();

	private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();

	private long bytes;

	void start(Claim claim) {
		this.running.put(claim.number(), claim);
		this.counts.merge(claim.subscription(), 1, Integer::sum);
		this.sizes.merge(claim.subscription(), (long) claim.size(), Long::sum);
		this.bytes += claim.size();
	}

	/** From any thread. */
	void finish(Finished one) {
		this.finished.add(one);
	}

	/** Those that have ended since, which do not count any more. */
	List<Finished> drain() {
		List<Finished> drained = new ArrayList<>();
		for (Finished one = this.finished.poll(); one != null; one = this.finished.poll()) {
			drained.add(one);
			end(one.claim());
		}
		return drained;
	}

	private void end(Claim claim) {
		if (this.running.remove(claim.number(), claim)) {
			this.counts.computeIfPresent(claim.subscription(), (name, count) -> (count > 1) ? count - 1 : null);
			this.sizes.computeIfPresent(claim.subscription(),
					(name, size) -> this.counts.containsKey(name) ? size - claim.size() : null);
			this.bytes -= claim.size();
		}
	}

	int count(String subscription) {
		return this.counts.getOrDefault(subscription, 0);
	}

	int count() {
		return this.running.size();
	}

	long bytes(String subscription) {
		return this.sizes.getOrDefault(subscription, 0L);
	}

	long bytes() {
		return this.bytes;
	}

	List<Claim> claims() {
		return List.copyOf(this.running.values());
	}

}
