package dev.busbar.egress.feed.intake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.busbar.bus.Delivery;
import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.FeedListener;
import dev.busbar.egress.feed.JdbcFeed;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Adds events to the feed, tells the listeners and moves the positions, in one
 * transaction. Batches that come at the same time share it: all of them need the feed's
 * counter, so that one by one each would wait for the commits of all others, and hold a
 * connection meanwhile. If it fails, each is taken alone. Safe for use by several
 * threads.
 */
final class FeedWriter {

	/** As many events as share a transaction, unless one batch alone has more. */
	private static final int TOGETHER = 1000;

	private final JdbcFeed feed;

	private final TransactionOperations transaction;

	private final Supplier<List<FeedListener>> listeners;

	private final ReentrantLock writing = new ReentrantLock();

	private final Deque<Batch> waiting = new ArrayDeque<>();

	/**
	 * Creates a writer.
	 * @param feed takes the events
	 * @param transaction the application's transactions
	 * @param listeners are told of new events
	 */
	FeedWriter(JdbcFeed feed, TransactionOperations transaction, Supplier<List<FeedListener>> listeners) {
		this.feed = feed;
		this.transaction = transaction;
		this.listeners = listeners;
	}

	/**
	 * Adds the events of a batch, and acknowledges it.
	 * @param events the events in their order, possibly none
	 * @param last the last delivery of the batch
	 * @throws RuntimeException what has rolled the transaction back
	 */
	void add(List<Event<byte @Nullable []>> events, Delivery last) {
		Batch own = new Batch(events, last);
		synchronized (this.waiting) {
			this.waiting.add(own);
		}
		this.writing.lock();
		try {
			if (!own.done) {
				lead(own);
			}
		}
		finally {
			this.writing.unlock();
		}
	}

	/** How many batches wait for the one that is being written. */
	int waiting() {
		synchronized (this.waiting) {
			return this.waiting.size();
		}
	}

	private void lead(Batch own) {
		List<Batch> together = take(own);
		if (together.size() > 1) {
			try {
				write(together);
				together.forEach((batch) -> batch.done = true);
				return;
			}
			catch (RuntimeException ex) {
				// The others lead in their turn, each alone: whose fault it was shows
				// then.
				together.forEach((batch) -> batch.alone = true);
			}
		}
		own.done = true;
		write(List.of(own));
	}

	private List<Batch> take(Batch own) {
		List<Batch> together = new ArrayList<>(List.of(own));
		int events = own.events.size();
		synchronized (this.waiting) {
			this.waiting.remove(own);
			while (!own.alone && !this.waiting.isEmpty() && !this.waiting.peek().alone
					&& events + this.waiting.peek().events.size() <= TOGETHER) {
				Batch next = this.waiting.remove();
				events += next.events.size();
				together.add(next);
			}
		}
		return together;
	}

	private void write(List<Batch> together) {
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		together.forEach((batch) -> events.addAll(batch.events));
		List<FeedEvent> added = this.transaction.execute((status) -> {
			List<FeedEvent> numbered = this.feed.add(events);
			if (!numbered.isEmpty()) {
				this.listeners.get().forEach((listener) -> listener.added(numbered));
			}
			together.forEach((batch) -> batch.last.acknowledge());
			return numbered;
		});
		if (added != null && !added.isEmpty()) {
			this.feed.committed(added.get(added.size() - 1).number());
		}
	}

	/** What one consumer was given; its fields change under the writer's lock. */
	private static final class Batch {

		final List<Event<byte @Nullable []>> events;

		final Delivery last;

		boolean done;

		boolean alone;

		Batch(List<Event<byte @Nullable []>> events, Delivery last) {
			this.events = events;
			this.last = last;
		}

	}

}
