package dev.busbar.egress.live;

import java.util.ArrayList;
import java.util.List;

import dev.busbar.egress.feed.FeedEvent;

/**
 * The latest events of the feed, without gaps, which all readers share. Immutable.
 *
 * @param after the number before the first of them
 * @param events the events in their order
 */
record LiveWindow(long after, List<LiveEvent> events) {

	/** No window yet; whoever waits for one is told when there is. */
	static final LiveWindow NONE = new LiveWindow(-1, List.of());

	/** As many events as are kept. */
	static final int EVENTS = 2048;

	/** As much memory as they take, unless a single one takes more. */
	static final long BYTES = 32L * 1024 * 1024;

	/** The number of the last event, or the one before the first if there is none. */
	long last() {
		return this.after + this.events.size();
	}

	/** The event with a number that it holds. */
	LiveEvent get(long number) {
		return this.events.get((int) (number - this.after - 1));
	}

	/**
	 * The window moved on.
	 * @param more what follows in the feed; if there is a gap, all before it goes
	 * @return a window that ends with them
	 */
	LiveWindow with(List<FeedEvent> more) {
		if (more.isEmpty()) {
			return this;
		}
		long first = more.get(0).number();
		boolean joined = first == last() + 1;
		List<LiveEvent> all = new ArrayList<>(joined ? this.events : List.of());
		more.forEach((event) -> all.add(new LiveEvent(event)));
		long bytes = 0;
		int keep = 0;
		while (keep < all.size() && keep < EVENTS) {
			bytes += all.get(all.size() - 1 - keep).weight();
			if (keep > 0 && bytes > BYTES) {
				break;
			}
			keep++;
		}
		long last = first + more.size() - 1;
		return new LiveWindow(last - keep, List.copyOf(all.subList(all.size() - keep, all.size())));
	}

}
