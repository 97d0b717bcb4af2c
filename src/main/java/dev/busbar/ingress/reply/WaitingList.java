package dev.busbar.ingress.reply;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.event.Event;
import dev.busbar.ingress.reply.Waiter.Place;
import dev.busbar.ingress.reply.Waiter.Reply;
import dev.busbar.store.outcome.AwaitedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, and whom to look for next. Safe for use by several threads.
 */
final class WaitingList {

	private final int limit;

	private final Runnable watch;

	/** Read without a lock by the threads that handle. */
	private final Map<Place, Set<Waiter>> places = new ConcurrentHashMap<>();

	private final Set<Waiter> waiting = new LinkedHashSet<>();

	/** To be looked for at once. */
	private final Set<Waiter> reached = new LinkedHashSet<>();

	private long firstDeadline;

	private boolean watched;

	private boolean closed;

	/**
	 * Creates an empty list.
	 * @param limit how many may be on it
	 * @param watch starts the thread that calls {@link #await} until that says that
	 * nobody waits
	 */
	WaitingList(int limit, Runnable watch) {
		this.limit = limit;
		this.watch = watch;
	}

	/** Adds a waiter, whose event is not stored yet; null if there is no place. */
	synchronized @Nullable Waiter enter(AwaitedEvent event) {
		if (this.closed || this.waiting.size() >= this.limit) {
			return null;
		}
		Waiter waiter = new Waiter(event);
		this.waiting.add(waiter);
		this.places.computeIfAbsent(waiter.place(), (place) -> ConcurrentHashMap.newKeySet()).add(waiter);
		return waiter;
	}

	/**
	 * Lets a waiter begin, since its event is stored now. It is looked for at once: the
	 * event may have been handled before, or while it was stored.
	 * @return false if its place was taken away, because the list is closed
	 */
	synchronized boolean begin(Waiter waiter, Reply reply, long deadline) {
		waiter.begin(reply, deadline);
		if (!this.waiting.contains(waiter)) {
			return false;
		}
		if (!this.watched || deadline - this.firstDeadline < 0) {
			this.firstDeadline = deadline;
		}
		if (!this.watched) {
			this.watched = true;
			this.watch.run();
		}
		this.reached.add(waiter);
		notifyAll();
		return true;
	}

	/** Takes a waiter off; false if it was off already. */
	synchronized boolean leave(Waiter waiter) {
		this.reached.remove(waiter);
		this.places.computeIfPresent(waiter.place(), (place, all) -> {
			all.remove(waiter);
			return all.isEmpty() ? null : all;
		});
		boolean left = this.waiting.remove(waiter);
		if (this.waiting.isEmpty()) {
			notifyAll();
		}
		return left;
	}

	/** Whether nobody is on the list; asked without a lock. */
	boolean isEmpty() {
		return this.places.isEmpty();
	}

	/** Has those looked for at once who wait for some events. */
	void reached(String group, List<? extends Event<?>> events) {
		List<Waiter> found = new ArrayList<>();
		for (Event<?> event : events) {
			found.addAll(this.places.getOrDefault(new Place(group, event.source(), event.id()), Set.of()));
		}
		if (!found.isEmpty()) {
			synchronized (this) {
				found.removeIf((waiter) -> waiter.reply() == null || !this.waiting.contains(waiter));
				this.reached.addAll(found);
				notifyAll();
			}
		}
	}

	/**
	 * Waits until there is someone to look for, a deadline has come, or a time.
	 * @return false if nobody waits any more
	 */
	synchronized boolean await(long until) {
		try {
			while (!this.waiting.isEmpty() && this.reached.isEmpty()) {
				long now = System.nanoTime();
				long left = Math.min(until - now, this.firstDeadline - now);
				if (left <= 0) {
					return true;
				}
				wait(left / 1_000_000, (int) (left % 1_000_000));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.watched = false;
			return false;
		}
		this.watched = !this.waiting.isEmpty();
		return this.watched;
	}

	/** Those who have begun to wait: all, or those to be looked for at once. */
	synchronized List<Waiter> take(boolean all) {
		List<Waiter> taken = (all ? this.waiting : this.reached).stream()
			.filter((waiter) -> waiter.reply() != null)
			.toList();
		this.reached.clear();
		return taken;
	}

	/** Those who have waited long enough. */
	synchronized List<Waiter> expired() {
		long now = System.nanoTime();
		if (now - this.firstDeadline < 0) {
			return List.of();
		}
		List<Waiter> expired = new ArrayList<>();
		long first = Long.MAX_VALUE;
		for (Waiter waiter : this.waiting) {
			long left = waiter.deadline() - now;
			if (waiter.reply() != null && left <= 0) {
				expired.add(waiter);
			}
			else if (waiter.reply() != null) {
				first = Math.min(first, left);
			}
		}
		this.firstDeadline = now + Math.min(first, Long.MAX_VALUE / 4);
		return expired;
	}

	/** Takes no more waiters, or takes them again. */
	synchronized void close(boolean close) {
		this.closed = close;
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	synchronized List<Waiter> all() {
		return List.copyOf(this.waiting);
	}

}
