package dev.busbar.egress.live;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedPage;
import org.jspecify.annotations.Nullable;

/**
 * The place of one reader in the feed, and what follows there: out of the window that all
 * readers share, or, if it has fallen behind that, from the database in pages. Moved by
 * one thread at a time.
 */
final class LivePlace {

	private final FeedFilter filter;

	/**
	 * What was read from the database, and not yet taken; its end is {@link #reached}.
	 */
	private final Deque<LiveEvent> page = new ArrayDeque<>();

	private volatile @Nullable FeedPage loaded;

	private boolean loading;

	private long reached;

	private volatile long number;

	LivePlace(long after, FeedFilter filter) {
		this.filter = filter;
		this.number = after;
		this.reached = after;
	}

	/** Up to which number nothing was missed. From any thread. */
	long number() {
		return this.number;
	}

	FeedFilter filter() {
		return this.filter;
	}

	/** Takes what was read from the database, for when it is moved next; any thread. */
	void loaded(FeedPage read) {
		this.loaded = read;
	}

	/**
	 * The next event, which stays the next until it is taken.
	 * @param window the latest events
	 * @return null if there is none yet, or it is to be loaded
	 */
	@SuppressWarnings("NonAtomicVolatileUpdate") // One thread moves it.
	@Nullable LiveEvent next(LiveWindow window) {
		FeedPage read = this.loaded;
		if (read != null) {
			this.loaded = null;
			this.loading = false;
			read.events().forEach((event) -> this.page.add(new LiveEvent(event)));
			this.reached = read.reached();
		}
		if (!this.page.isEmpty() || this.loading) {
			return this.page.peek();
		}
		this.number = Math.max(this.number, this.reached);
		while (!isBehind(window) && this.number < window.last()) {
			LiveEvent event = window.get(this.number + 1);
			if (this.filter.passes(event.event().event())) {
				return event;
			}
			this.number++;
		}
		return null;
	}

	/** Whether what follows is to be loaded, and is not yet. */
	boolean needsPage(LiveWindow window) {
		return !this.loading && this.page.isEmpty() && isBehind(window);
	}

	private boolean isBehind(LiveWindow window) {
		return this.number < window.after();
	}

	/** What follows is being loaded. */
	void loads() {
		this.loading = true;
	}

	void take(LiveEvent event) {
		this.page.poll();
		this.number = event.number();
	}

	/** Keeps no page in memory, while it stays where it is. */
	void drop() {
		this.page.clear();
		this.reached = this.number;
	}

}
