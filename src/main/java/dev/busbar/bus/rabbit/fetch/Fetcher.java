package dev.busbar.bus.rabbit.fetch;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

import com.rabbitmq.client.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What one container holds, and how many messages it fetches at a time.
 */
final class Fetcher {

	/** What a message takes beside its body, about. */
	private static final int OVERHEAD = 1_000;

	/** So many messages are handled before more are fetched at a time. */
	private static final int PROBATION = 500;

	private final int most;

	private final IntConsumer setting;

	private final BooleanSupplier active;

	private int count;

	private long bytes;

	private int messages;

	private int handled;

	private boolean reducing;

	private boolean working;

	private @Nullable Channel channel;

	/**
	 * Begins with the first.
	 * @param first how many messages it fetches at a time at first
	 * @param most how many messages it fetches at a time at most
	 * @param setting takes how many it fetches when it consumes again
	 * @param active whether the container is meant to consume; asked by any thread, and
	 * must not wait
	 */
	Fetcher(int first, int most, IntConsumer setting, BooleanSupplier active) {
		this.most = most;
		this.count = first;
		this.setting = setting;
		this.active = active;
	}

	static long weight(int length) {
		return (long) length + OVERHEAD;
	}

	/** How many messages it fetches at a time. */
	synchronized int count() {
		return this.count;
	}

	/**
	 * The bytes that it will hold when it has given back what it is to give back. While a
	 * handler works, what was fetched stays in memory, even if its channel is closed or
	 * its container was stopped.
	 */
	synchronized long held() {
		Channel current = this.channel;
		if (!this.active.getAsBoolean() || (current != null && !current.isOpen())) {
			return this.working ? this.bytes : 0;
		}
		return this.reducing ? this.bytes / 2 : this.bytes;
	}

	/** It consumes anew: what it held is back in the queue. */
	synchronized void begin() {
		this.bytes = 0;
		this.messages = 0;
		this.handled = 0;
		this.reducing = false;
		this.channel = null;
	}

	synchronized long arrived(int length) {
		this.bytes += weight(length);
		this.messages++;
		return this.bytes;
	}

	synchronized void handled(long weight, int messages) {
		this.bytes = Math.max(0, this.bytes - weight);
		this.messages = Math.max(0, this.messages - messages);
		this.handled += messages;
	}

	/**
	 * Remembers the channel of a batch that is to be handled; false if the channel is to
	 * be closed instead.
	 */
	synchronized boolean consumes(Channel channel) {
		this.channel = channel;
		this.working = !this.reducing;
		return this.working;
	}

	/** The handler has returned, or failed. */
	synchronized void rests() {
		this.working = false;
	}

	/** Whether it would help to have it give back what it holds. */
	synchronized boolean canReduce() {
		return !this.reducing && fewer() < this.count;
	}

	private int fewer() {
		return Math.max(1, this.messages / 2);
	}

	/**
	 * Has it give back all that it holds and fetch fewer.
	 * @return whether that helps
	 */
	synchronized boolean reduce() {
		if (!canReduce()) {
			return false;
		}
		set(fewer());
		Channel open = this.channel;
		if (open != null) {
			// Its thread may be in a handler for long. The calling thread reads what the
			// broker answers, so it must not wait for that.
			Thread closing = new Thread(() -> abort(open), "busbar-rabbit-fetch");
			closing.setDaemon(true);
			closing.start();
		}
		return true;
	}

	/** Whether it may fetch more, having handled so many. */
	synchronized boolean canGrow() {
		return this.count < this.most && this.handled >= PROBATION;
	}

	synchronized void grow() {
		set(Math.min(this.most, this.count * 4));
	}

	private void set(int count) {
		this.count = count;
		this.reducing = true;
		this.setting.accept(count);
	}

	private static void abort(Channel channel) {
		try {
			channel.abort();
		}
		catch (IOException | RuntimeException ex) {
			// It is closed, which has the same effect.
		}
	}

}
