package dev.busbar.egress.live;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.busbar.egress.feed.Feed;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Follows the end of the feed for all readers, on a thread of its own, from the first
 * reader to the last.
 */
final class LiveTail {

	private static final Duration TICK = Duration.ofMillis(500);

	private static final Duration AGAIN = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(LiveTail.class);

	private final Feed feed;

	private final Runnable moved;

	private final ScheduledThreadPoolExecutor thread;

	private final AtomicBoolean due = new AtomicBoolean();

	private volatile LiveWindow window = LiveWindow.NONE;

	private Feed.@Nullable Subscription news;

	/**
	 * Creates a tail that is not followed yet.
	 * @param feed what is followed
	 * @param moved called when the window has moved on
	 */
	LiveTail(Feed feed, Runnable moved) {
		this.feed = feed;
		this.moved = moved;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("busbar-feed-tail-");
		threads.setDaemon(true);
		this.thread = new ScheduledThreadPoolExecutor(1, threads);
		this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	void start(Runnable tick) {
		this.thread.scheduleWithFixedDelay(tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
		this.news = this.feed.onNews((last) -> read());
	}

	void stop() {
		Feed.Subscription subscription = this.news;
		if (subscription != null) {
			subscription.close();
		}
		// Not interrupted: an interrupt inside H2 closes the database for all.
		this.thread.shutdown();
	}

	LiveWindow window() {
		return this.window;
	}

	/** Reads what is new, soon. */
	private void read() {
		if (this.due.compareAndSet(false, true)) {
			execute(() -> {
				this.due.set(false);
				follow();
			});
		}
	}

	@SuppressWarnings("ReferenceEquality") // NONE is one object, and a window that did
											// not move is the same.
	private void follow() {
		try {
			LiveWindow current = this.window;
			LiveWindow next = (current == LiveWindow.NONE) ? new LiveWindow(this.feed.last(), List.of())
					: current.with(this.feed.read(current.last(), LiveWindow.EVENTS));
			if (next != current) {
				this.window = next;
				this.moved.run();
				read();
			}
		}
		catch (RuntimeException ex) {
			logger.debug("The feed is read again", ex);
			later(this::read);
		}
	}

	private void execute(Runnable task) {
		try {
			this.thread.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Nobody reads any more", ex);
		}
	}

	/** Does something after a second, if somebody still reads. */
	@SuppressWarnings("FutureReturnValueIgnored")
	void later(Runnable task) {
		try {
			this.thread.schedule(task, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Nobody reads any more", ex);
		}
	}

}
