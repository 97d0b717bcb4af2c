package dev.busbar.handler.retry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

import dev.busbar.bus.Delivery;
import dev.busbar.handler.incoming.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one partition, in their order. While its first event waits for its
 * next attempt, the whole lane waits, and no other lane. Used by one thread.
 */
public final class Lane {

	private final Deque<Delivery> deliveries = new ArrayDeque<>();

	private final Deque<Incoming> alone = new ArrayDeque<>();

	private int tries;

	private @Nullable Instant firstFailure;

	private long readyAt;

	Lane(long now) {
		this.readyAt = now;
	}

	void add(Delivery delivery) {
		this.deliveries.add(delivery);
	}

	/** What was not yet taken, in its order. */
	public Collection<Delivery> deliveries() {
		return this.deliveries;
	}

	/** Takes the first deliveries off. */
	public void take(int count) {
		for (int i = 0; i < count; i++) {
			this.deliveries.remove();
		}
	}

	/** Sets aside what is to be handled one by one, before the deliveries. */
	public void handleAlone(List<Incoming> chunk) {
		this.alone.addAll(chunk);
	}

	/** The event that is handled alone, null if there is none. */
	public @Nullable Incoming alone() {
		return this.alone.peek();
	}

	/** The event that is handled alone is done, one way or the other. */
	public void done() {
		this.alone.remove();
		this.tries = 0;
		this.firstFailure = null;
	}

	/** How many attempts were made since the event was delivered. */
	public int tries() {
		return this.tries;
	}

	/**
	 * An attempt has failed.
	 * @param now the time
	 * @return when the first one since the event was delivered did
	 */
	public Instant failed(Instant now) {
		this.tries++;
		this.firstFailure = (this.firstFailure != null) ? this.firstFailure : now;
		return this.firstFailure;
	}

	/** Lets the lane wait. */
	public void rest(Duration pause) {
		this.readyAt = System.nanoTime() + pause.toNanos();
	}

	/** How long it still waits, 0 or less if it does not. */
	long waits() {
		return this.readyAt - System.nanoTime();
	}

	boolean isEmpty() {
		return this.deliveries.isEmpty() && this.alone.isEmpty();
	}

}
