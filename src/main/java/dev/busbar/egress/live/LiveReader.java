package dev.busbar.egress.live;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedPage;
import dev.busbar.egress.live.LiveOutlet.End;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the feed for one connection. It holds no queue but a place in the feed, so that
 * a slow reader costs no more than a fast one.
 */
public final class LiveReader {

	private static final Logger logger = LoggerFactory.getLogger(LiveReader.class);

	private final LiveFeed feed;

	private final LivePlace place;

	private final LiveOutlet outlet;

	private final LiveRoom.Share room;

	private final @Nullable Instant end;

	/**
	 * Above 0 while a thread serves this reader, or before it has started; others leave
	 * their wish there.
	 */
	private final AtomicInteger wishes = new AtomicInteger(1);

	private final AtomicReference<@Nullable End> ended = new AtomicReference<>();

	private boolean told;

	/** At first, so that a client knows at once that it is heard. */
	private boolean unflushed = true;

	private long progress;

	private volatile long blockedSince;

	private volatile long lastSent = System.nanoTime();

	private volatile boolean heartbeat;

	LiveReader(LiveFeed feed, long after, FeedFilter filter, LiveOutlet outlet, @Nullable Instant end) {
		this.feed = feed;
		this.place = new LivePlace(after, filter);
		this.outlet = outlet;
		this.room = feed.room().share();
		this.end = end;
	}

	/** Up to which number it has missed nothing. */
	public long position() {
		return this.place.number();
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
	void tick(long now, Instant time, long heartbeatNanos, long writeNanos) {
		long blocked = this.blockedSince;
		if (this.end != null && !time.isBefore(this.end)) {
			end(End.EXPIRED);
		}
		else if ((blocked != 0 && now - blocked > writeNanos) || this.room.overdue(now, writeNanos)) {
			end(End.TOO_SLOW);
		}
		else if (now - this.lastSent > heartbeatNanos) {
			this.heartbeat = true;
			resume();
		}
		else if (this.room.mayGoOn()) {
			resume();
		}
	}

	FeedFilter filter() {
		return this.place.filter();
	}

	/** Takes what was read from the database. */
	void loaded(FeedPage read) {
		this.place.loaded(read);
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
		for (LiveEvent next = next(); next != null && this.ended.get() == null; next = next()) {
			if (!ready() || !this.room.take(next)) {
				this.place.drop();
				break;
			}
			this.place.take(next);
			this.outlet.send(next);
			sent();
		}
		if (this.heartbeat && ready()) {
			this.outlet.heartbeat(position());
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
			this.room.giveBack();
			this.blockedSince = 0;
		}
		else if (this.blockedSince == 0 || now != this.progress) {
			this.blockedSince = System.nanoTime();
		}
		this.progress = now;
		return ready;
	}

	private @Nullable LiveEvent next() {
		LiveWindow window = this.feed.window();
		LiveEvent next = this.place.next(window);
		if (next == null && this.place.needsPage(window) && ready()) {
			this.place.loads();
			this.feed.load(this);
		}
		return next;
	}

	private void tellEnd() {
		End reason = this.ended.get();
		if (!this.told && reason != null) {
			this.told = true;
			this.place.drop();
			try {
				this.outlet.end(reason);
			}
			catch (RuntimeException ex) {
				logger.debug("The end of a reader failed", ex);
			}
			this.room.giveBack();
		}
	}

}
