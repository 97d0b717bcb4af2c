package dev.busbar.egress.live;

import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedPositionException;
import dev.busbar.egress.feed.FeedProperties;
import dev.busbar.egress.live.LiveOutlet.End;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * All readers who follow the feed on this instance. One query reads what is new for all
 * of them; those that lag are served from the database, by two threads at most. While
 * nobody reads there is no query and no thread. Safe for use by several threads.
 */
public final class LiveFeed implements SmartLifecycle {

	/** Before the web server, which waits for connections that are open. */
	private static final int PHASE = Integer.MAX_VALUE - 100;

	private static final int LOADERS = 2;

	private static final int PAGE = 200;

	private static final Logger logger = LoggerFactory.getLogger(LiveFeed.class);

	private final Feed feed;

	private final FeedProperties properties;

	private final Clock clock;

	private final Set<LiveReader> readers = ConcurrentHashMap.newKeySet();

	private final ThreadPoolExecutor loaders;

	private final LiveRoom room;

	private volatile @Nullable LiveTail tail;

	private volatile boolean stopped;

	/**
	 * Creates the readers' side of a feed.
	 * @param feed what they follow
	 * @param properties how many may, and for how long they may block
	 * @param clock tells when their tokens expire
	 */
	public LiveFeed(Feed feed, FeedProperties properties, Clock clock) {
		this(feed, properties, clock, new LiveRoom(Runtime.getRuntime().maxMemory() / 4));
	}

	LiveFeed(Feed feed, FeedProperties properties, Clock clock, LiveRoom room) {
		this.feed = feed;
		this.properties = properties;
		this.clock = clock;
		this.room = room;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("busbar-feed-page-");
		threads.setDaemon(true);
		this.loaders = new ThreadPoolExecutor(LOADERS, LOADERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				threads);
		this.loaders.allowCoreThreadTimeOut(true);
	}

	/**
	 * Adds a reader that may read for as long as it likes; see
	 * {@link #open(long, FeedFilter, LiveOutlet, Instant)}.
	 */
	public LiveReader open(long after, FeedFilter filter, LiveOutlet outlet) {
		return open(after, filter, outlet, null);
	}

	/**
	 * Adds a reader, to whom nothing is sent before {@link LiveReader#start}.
	 * @param after the number after which it reads
	 * @param filter what it reads
	 * @param outlet where it goes
	 * @param end when it is ended, null for never
	 * @return the reader
	 * @throws LiveRefusalException if there are too many, or the application stops
	 */
	public synchronized LiveReader open(long after, FeedFilter filter, LiveOutlet outlet, @Nullable Instant end) {
		if (this.stopped) {
			throw new LiveRefusalException("The application stops.", true);
		}
		if (this.readers.size() >= this.properties.maxReaders()) {
			throw new LiveRefusalException("%d readers follow the feed here already, as many as may (%s)."
				.formatted(this.readers.size(), "busbar.feed.max-readers"), false);
		}
		LiveReader reader = new LiveReader(this, after, filter, outlet, end);
		this.readers.add(reader);
		if (this.tail == null) {
			LiveTail started = new LiveTail(this.feed, () -> this.readers.forEach(LiveReader::resume));
			this.tail = started;
			started.start(this::tick);
		}
		return reader;
	}

	/** How many readers there are now. */
	public int readers() {
		return this.readers.size();
	}

	synchronized void forget(LiveReader reader) {
		LiveTail running = this.tail;
		if (this.readers.remove(reader) && this.readers.isEmpty() && running != null) {
			this.tail = null;
			running.stop();
		}
	}

	/** What large events take on their way. */
	LiveRoom room() {
		return this.room;
	}

	/** The latest events; none yet if nobody has followed the feed. */
	LiveWindow window() {
		LiveTail running = this.tail;
		return (running != null) ? running.window() : LiveWindow.NONE;
	}

	private void tick() {
		long now = System.nanoTime();
		Instant time = this.clock.instant();
		for (LiveReader reader : this.readers) {
			reader.tick(now, time, this.properties.heartbeat().toNanos(), this.properties.writeTimeout().toNanos());
		}
	}

	/** Reads a page for a reader, and gives it to it. */
	void load(LiveReader reader) {
		this.loaders.execute(() -> {
			try {
				reader.loaded(this.feed.read(reader.position(), reader.filter(), PAGE));
			}
			catch (FeedPositionException ex) {
				reader.end(End.GONE);
			}
			catch (RuntimeException ex) {
				logger.debug("A page of the feed is read again", ex);
				LiveTail running = this.tail;
				if (running != null) {
					running.later(() -> load(reader));
				}
			}
		});
	}

	@Override
	public void start() {
		this.stopped = false;
	}

	/** Ends all readers; they resume elsewhere. */
	@Override
	public void stop() {
		synchronized (this) {
			this.stopped = true;
		}
		this.readers.forEach((reader) -> reader.end(End.STOPPED));
	}

	@Override
	public boolean isRunning() {
		return !this.stopped;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
