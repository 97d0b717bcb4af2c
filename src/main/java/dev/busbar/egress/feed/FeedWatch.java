package dev.busbar.egress.feed;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells subscribers how far the feed has come. It has a thread while there are any.
 */
final class FeedWatch {

	private static final Logger logger = LoggerFactory.getLogger(FeedWatch.class);

	private final LongSupplier last;

	private final Duration interval;

	private final List<LongConsumer> subscribers = new CopyOnWriteArrayList<>();

	private @Nullable Thread thread;

	private long raised;

	/**
	 * Creates a watch.
	 * @param last asks the database how far the feed has come
	 * @param interval how often to ask
	 */
	FeedWatch(LongSupplier last, Duration interval) {
		this.last = last;
		this.interval = interval;
	}

	@SuppressWarnings("UnnecessaryMethodReference") // It is an object of its own.
	synchronized Feed.Subscription subscribe(LongConsumer subscriber) {
		// A wrapper, so that the same subscriber may come twice.
		LongConsumer own = subscriber::accept;
		this.subscribers.add(own);
		if (this.thread == null) {
			Thread watching = new Thread(this::watch, "busbar-feed");
			watching.setDaemon(true);
			this.thread = watching;
			watching.start();
		}
		return () -> unsubscribe(own);
	}

	private synchronized void unsubscribe(LongConsumer subscriber) {
		this.subscribers.remove(subscriber);
		if (this.subscribers.isEmpty()) {
			// Not interrupted: an interrupt inside H2 closes the database for all.
			this.thread = null;
			notifyAll();
		}
	}

	/** Says that this process has added events up to a number. */
	synchronized void raise(long number) {
		if (number > this.raised) {
			this.raised = number;
			notifyAll();
		}
	}

	private void watch() {
		long told = -1;
		long asked = System.nanoTime() - this.interval.toNanos();
		while (true) {
			long known = await(told, asked + this.interval.toNanos());
			if (known < 0) {
				return;
			}
			if (System.nanoTime() - asked >= this.interval.toNanos()) {
				known = Math.max(known, ask());
				asked = System.nanoTime();
			}
			if (known > told) {
				told = known;
				tell(known);
			}
		}
	}

	/**
	 * Waits until something was raised, or until a time.
	 * @return how far this process knows the feed; below 0 if the thread is to end
	 */
	private synchronized long await(long told, long until) {
		try {
			for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
				if (this.raised > told || this.thread != Thread.currentThread()) {
					break;
				}
				wait(left / 1_000_000, (int) (left % 1_000_000));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return -1;
		}
		return (this.thread == Thread.currentThread()) ? this.raised : -1;
	}

	private long ask() {
		try {
			return this.last.getAsLong();
		}
		catch (RuntimeException ex) {
			logger.debug("The feed is asked again", ex);
			return -1;
		}
	}

	private void tell(long number) {
		for (LongConsumer subscriber : this.subscribers) {
			try {
				subscriber.accept(number);
			}
			catch (RuntimeException ex) {
				logger.warn("A subscriber failed when told that the feed has come to {}", number, ex);
			}
		}
	}

}
