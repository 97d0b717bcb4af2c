package dev.busbar.handler.retry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.Patience;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one batch, a lane for each partition. Used by one thread.
 */
public final class Lanes {

	private final List<Lane> lanes = new ArrayList<>();

	private final Patience patience;

	private final long deadline;

	/**
	 * Divides deliveries.
	 * @param deliveries the deliveries in their order
	 * @param patience waits
	 * @param inPlace how long events may wait in place, counted from now
	 */
	public Lanes(List<Delivery> deliveries, Patience patience, Duration inPlace) {
		this.patience = patience;
		long now = System.nanoTime();
		this.deadline = now + inPlace.toNanos();
		Map<@Nullable Integer, Lane> byPartition = new HashMap<>();
		for (Delivery delivery : deliveries) {
			byPartition.computeIfAbsent(delivery.partition(), (partition) -> {
				Lane lane = new Lane(now);
				this.lanes.add(lane);
				return lane;
			}).add(delivery);
		}
	}

	/**
	 * The next lane that does not wait; if all do, waits for the first of them.
	 * @return a lane, null when all are done
	 * @throws HandlingStoppedException if handling was stopped
	 */
	public @Nullable Lane next() {
		this.patience.check();
		this.lanes.removeIf(Lane::isEmpty);
		Lane first = null;
		for (Lane lane : this.lanes) {
			if (lane.waits() <= 0) {
				return lane;
			}
			first = (first == null || lane.waits() < first.waits()) ? lane : first;
		}
		if (first != null) {
			this.patience.pause(Duration.ofNanos(Math.max(0, first.waits())));
		}
		return first;
	}

	/** Whether an event may wait in place for so long. */
	public boolean allows(Duration pause) {
		return System.nanoTime() + pause.toNanos() - this.deadline <= 0;
	}

}
