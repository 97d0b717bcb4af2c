package dev.busbar.egress.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.busbar.egress.delivery.DeliveryRows.Addition;
import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.FeedListener;
import dev.busbar.egress.subscription.Subscriptions;

/**
 * Writes a delivery for each event of the feed and each subscription that wants it, in
 * the transaction of the feed.
 */
public final class DeliveryWriter implements FeedListener {

	private final Subscriptions subscriptions;

	private final DeliveryRows rows;

	private final RetrySchedule schedule;

	private final DispatchSignal signal;

	private final Clock clock;

	/**
	 * Creates a writer.
	 * @param subscriptions tells who wants an event
	 * @param rows keeps deliveries
	 * @param schedule tells when they are due
	 * @param signal wakes the dispatcher
	 * @param clock tells the time
	 */
	public DeliveryWriter(Subscriptions subscriptions, DeliveryRows rows, RetrySchedule schedule, DispatchSignal signal,
			Clock clock) {
		this.subscriptions = subscriptions;
		this.rows = rows;
		this.schedule = schedule;
		this.signal = signal;
		this.clock = clock;
	}

	@Override
	public void added(List<FeedEvent> events) {
		if (this.subscriptions.all().isEmpty()) {
			return;
		}
		List<Addition> additions = new ArrayList<>();
		Set<String> named = new HashSet<>();
		for (FeedEvent added : events) {
			List<String> wanting = this.subscriptions.wanting(added.event());
			if (!wanting.isEmpty()) {
				additions.add(new Addition(added.event(), wanting));
				named.addAll(wanting);
			}
		}
		if (!additions.isEmpty()) {
			Instant now = this.clock.instant();
			this.rows.add(additions, now, this.schedule.first(now), 0);
			this.signal.wakeAfterCommit(named);
		}
	}

}
