package dev.busbar.egress.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedPage;
import dev.busbar.egress.live.LiveOutlet.End;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the feed for one connection. It holds no queue but a place in the feed: what
 * follows comes out of the window that all readers share, or, if it has fallen behind
 * that, from the database in pages. So a slow reader costs no more than a fast one.
 */
public final class LiveReader {

	private static final Logger logger = LoggerFactory.getLogger(LiveReader.class);

	private final LiveFeed feed;

	private final FeedFilter filter;

	private final LiveOutlet outlet;

	/**
	 * Above 0 while a thread serves this reader, or before it has started; others leave
	 * their wish there.
	 */
	private final AtomicInteger wishes = new AtomicInteger(1);

	private final AtomicReference<@Nullable End> ended = new AtomicReference<>();

	/** What was read from the database, and not yet sent; its end is {@link #reached}. */
	private final Deque<LiveEvent> page = new ArrayDeque<>();

	private volatile @Nullable FeedPage loaded;

	private boolean told;

	private boolean loading;

	private boolean unflushed;

	private long progress;

	private long reached;

	private volatile long position;

	private volatile long blockedSince;

	private volatile long lastSent = System.nanoTime();

	private volatile boolean heartbeat;

	LiveReader(LiveFeed feed, long after, FeedFilter filter, LiveOutlet outlet) {
		this.feed = feed;
		this.filter = filter;
		this.outlet = outlet;
		this.position = after;
		this.reached = after;
	}

	/** Up to which number it has missed nothing. */
	public long position() {
		return this.position;
	}

	/** Begins, once; nothing is sent before. */
	public void start() {
		serveAll();
	}

	/**
	 * Goes on, on this thread, as far as that is possible without waiting; to be called
	 * whenever the outlet is ready again. Returns at once if another thread is at it,
	 * which then does it once more.
	 */
	public void resume() {
		if (this.wishes.getAndIncrement() == 0) {
			serveAll();
		}
	}

	private void serveAll() {
		int seen = 1;
		do {
			serveSafely();
			seen = this.wishes.addAndGet(-seen);
		}
		while (seen != 0);
	}

	/** Ends it: the connection is gone, or the reader has had enough. */
	public void close() {
		end(End.CLOSED);
	}

	void end(End reason) {
		if (this.ended.compareAndSet(null, reason)) {
			this.feed.forget(this);
			resume();
		}
	}

	/** Looks after the time; to be called now and then. */
	void tick(long now, long heartbeatNanos, long writeNanos) {
		long blocked = this.blockedSince;
		if (blocked != 0 && now - blocked > writeNanos) {
			end(End.TOO_SLOW);
		}
		else if (now - this.lastSent > heartbeatNanos) {
			this.heartbeat = true;
			resume();
		}
	}

	FeedFilter filter() {
		return this.filter;
	}

	/** Takes what was read from the database. */
	void loaded(FeedPage read) {
		this.loaded = read;
		resume();
	}

	private void serveSafely() {
		try {
			serve();
		}
		catch (RuntimeException ex) {
			logger.debug("A reader of the feed is given up", ex);
			if (this.ended.compareAndSet(null, End.FAILED)) {
				this.feed.forget(this);
			}
			tellEnd();
		}
	}

	private void serve() {
		if (this.ended.get() != null) {
			tellEnd();
			return;
		}
		for (LiveEvent next = next(); next != null; next = next()) {
			if (!ready()) {
				// A reader that blocks keeps no page in memory.
				this.page.clear();
				this.reached = this.position;
				break;
			}
			take(next);
			this.outlet.send(next);
			sent();
		}
		if (this.heartbeat && ready()) {
			this.outlet.heartbeat(this.position);
			sent();
		}
		if (this.unflushed) {
			this.unflushed = !this.outlet.flush();
			// What is left counts as blocked, also without another event.
			ready();
		}
	}

	private void sent() {
		this.heartbeat = false;
		this.lastSent = System.nanoTime();
		this.unflushed = true;
	}

	private boolean ready() {
		boolean ready = this.outlet.ready();
		long now = this.outlet.progress();
		if (ready) {
			this.blockedSince = 0;
		}
		else if (this.blockedSince == 0 || now != this.progress) {
			this.blockedSince = System.nanoTime();
		}
		this.progress = now;
		return ready;
	}

	/** The next event, which stays the next until it is taken. */
	@SuppressWarnings({ "ReferenceEquality", "NonAtomicVolatileUpdate" }) // One thread
																			// moves it.
	private @Nullable LiveEvent next() {
		FeedPage read = this.loaded;
		if (read != null) {
			this.loaded = null;
			this.loading = false;
			read.events().forEach((event) -> this.page.add(new LiveEvent(event)));
			this.reached = read.reached();
		}
		if (!this.page.isEmpty()) {
			return this.page.peek();
		}
		if (this.loading) {
			return null;
		}
		this.position = Math.max(this.position, this.reached);
		LiveWindow window = this.feed.window();
		if (window == LiveWindow.NONE) {
			return null;
		}
		if (this.position < window.after()) {
			if (ready()) {
				this.loading = true;
				this.feed.load(this);
			}
			return null;
		}
		while (this.position < window.last()) {
			LiveEvent event = window.get(this.position + 1);
			if (this.filter.passes(event.event().event())) {
				return event;
			}
			this.position++;
		}
		return null;
	}

	private void take(LiveEvent event) {
		this.page.poll();
		this.position = event.number();
	}

	private void tellEnd() {
		End reason = this.ended.get();
		if (!this.told && reason != null) {
			this.told = true;
			this.page.clear();
			try {
				this.outlet.end(reason);
			}
			catch (RuntimeException ex) {
				logger.debug("The end of a reader failed", ex);
			}
		}
	}

}
