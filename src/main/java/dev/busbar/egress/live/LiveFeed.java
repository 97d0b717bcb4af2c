package dev.busbar.egress.live;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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

	private static final Duration TICK = Duration.ofMillis(500);

	private static final Duration AGAIN = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(LiveFeed.class);

	private final Feed feed;

	private final FeedProperties properties;

	private final Set<LiveReader> readers = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean due = new AtomicBoolean();

	private final ThreadPoolExecutor loaders = new ThreadPoolExecutor(LOADERS, LOADERS, 10, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), threads("busbar-feed-page-"));

	private volatile LiveWindow window = LiveWindow.NONE;

	private volatile boolean stopped;

	private volatile @Nullable ScheduledThreadPoolExecutor tail;

	private Feed.@Nullable Subscription news;

	/**
	 * Creates the readers' side of a feed.
	 * @param feed what they follow
	 * @param properties how many may, and for how long they may block
	 */
	public LiveFeed(Feed feed, FeedProperties properties) {
		this.feed = feed;
		this.properties = properties;
		this.loaders.allowCoreThreadTimeOut(true);
	}

	/**
	 * Adds a reader, to whom nothing is sent before {@link LiveReader#start}.
	 * @param after the number after which it reads
	 * @param filter what it reads
	 * @param outlet where it goes
	 * @return the reader
	 * @throws LiveRefusalException if there are too many, or the application stops
	 */
	public synchronized LiveReader open(long after, FeedFilter filter, LiveOutlet outlet) {
		if (this.stopped) {
			throw new LiveRefusalException("The application stops.", true);
		}
		if (this.readers.size() >= this.properties.maxReaders()) {
			throw new LiveRefusalException("%d readers follow the feed here already, as many as may (%s)."
				.formatted(this.readers.size(), "busbar.feed.max-readers"), false);
		}
		LiveReader reader = new LiveReader(this, after, filter, outlet);
		this.readers.add(reader);
		if (this.tail == null) {
			ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, threads("busbar-feed-tail-"));
			this.tail = started;
			repeat(started, this::tick);
			this.news = this.feed.onNews((last) -> read());
		}
		return reader;
	}

	/** How many readers there are now. */
	public int readers() {
		return this.readers.size();
	}

	synchronized void forget(LiveReader reader) {
		if (this.readers.remove(reader) && this.readers.isEmpty()) {
			rest();
		}
	}

	private void rest() {
		Feed.Subscription subscription = this.news;
		ScheduledThreadPoolExecutor running = this.tail;
		this.news = null;
		this.tail = null;
		this.window = LiveWindow.NONE;
		if (subscription != null) {
			subscription.close();
		}
		if (running != null) {
			// Not interrupted: an interrupt inside H2 closes the database for all.
			running.shutdown();
		}
	}

	LiveWindow window() {
		return this.window;
	}

	/** Reads what is new, soon, and sends it to all. */
	private void read() {
		ScheduledThreadPoolExecutor running = this.tail;
		if (running != null && this.due.compareAndSet(false, true)) {
			execute(running, () -> {
				this.due.set(false);
				follow(running);
			});
		}
	}

	private void follow(ScheduledThreadPoolExecutor own) {
		try {
			LiveWindow current = this.window;
			LiveWindow next = (current == LiveWindow.NONE) ? new LiveWindow(this.feed.last(), List.of())
					: current.with(this.feed.read(current.last(), LiveWindow.EVENTS));
			if (next.last() != current.last()) {
				synchronized (this) {
					if (this.tail != own) {
						return;
					}
					this.window = next;
				}
				this.readers.forEach(LiveReader::resume);
				read();
			}
		}
		catch (RuntimeException ex) {
			logger.debug("The feed is read again", ex);
			later(own, this::read);
		}
	}

	private void tick() {
		long now = System.nanoTime();
		for (LiveReader reader : this.readers) {
			reader.tick(now, this.properties.heartbeat().toNanos(), this.properties.writeTimeout().toNanos());
		}
	}

	/** Reads a page for a reader, and gives it to it. */
	void load(LiveReader reader) {
		execute(this.loaders, () -> {
			try {
				reader.loaded(this.feed.read(reader.position(), reader.filter(), PAGE));
			}
			catch (FeedPositionException ex) {
				reader.end(End.GONE);
			}
			catch (RuntimeException ex) {
				logger.debug("A page of the feed is read again", ex);
				ScheduledThreadPoolExecutor running = this.tail;
				if (running != null) {
					later(running, () -> load(reader));
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

	private static void repeat(ScheduledThreadPoolExecutor executor, Runnable task) {
		executor.scheduleWithFixedDelay(task, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private static void later(ScheduledThreadPoolExecutor executor, Runnable task) {
		try {
			executor.schedule(task, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Nobody reads any more", ex);
		}
	}

	private static void execute(ThreadPoolExecutor executor, Runnable task) {
		try {
			executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Nobody reads any more", ex);
		}
	}

	private static CustomizableThreadFactory threads(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

}
