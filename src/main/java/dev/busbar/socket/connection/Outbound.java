package dev.busbar.socket.connection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;

/**
 * What is to be sent to one connection: a bounded queue, of which one message at a time
 * is given to the server, and no thread waits for it.
 */
final class Outbound {

	private final RemoteEndpoint.Async remote;

	private final int limit;

	private final Runnable drained;

	private final Runnable lost;

	private final Deque<String> queue = new ArrayDeque<>();

	/** Above 0 while a thread sends; others leave their wish there. */
	private final AtomicInteger wishes = new AtomicInteger();

	private long waiting;

	private boolean closed;

	private volatile boolean sending;

	private volatile long since;

	private volatile long sent;

	/**
	 * Creates an empty queue.
	 * @param remote where messages go
	 * @param limit how many characters may wait
	 * @param drained called when nothing waits any more
	 * @param lost called once when more would have to wait, or sending failed
	 */
	Outbound(RemoteEndpoint.Async remote, int limit, Runnable drained, Runnable lost) {
		this.remote = remote;
		this.limit = limit;
		this.drained = drained;
		this.lost = lost;
	}

	/**
	 * Sends a message when those before it are sent; none after the end.
	 * @param message the message
	 * @param wanted whether it still is, asked when it takes its place
	 */
	void send(String message, BooleanSupplier wanted) {
		if (!add(message, wanted)) {
			lose();
		}
	}

	/** The same, unless more would have to wait than may; whether it is not so. */
	boolean offer(String message) {
		return add(message, () -> true);
	}

	private boolean add(String message, BooleanSupplier wanted) {
		synchronized (this) {
			if (this.closed || !wanted.getAsBoolean()) {
				return true;
			}
			if (this.waiting > 0 && this.waiting + message.length() > this.limit) {
				return false;
			}
			this.queue.add(message);
			this.waiting += message.length();
		}
		pump();
		return true;
	}

	private void pump() {
		if (this.wishes.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			while (sendNext()) {
				// As long as the server takes them at once.
			}
			seen = this.wishes.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private boolean sendNext() {
		String next;
		synchronized (this) {
			next = (this.sending || this.closed) ? null : this.queue.poll();
			if (next == null) {
				return false;
			}
			this.since = System.nanoTime();
			this.sending = true;
		}
		int length = next.length();
		try {
			this.remote.sendText(next, (result) -> done(length, result));
		}
		catch (RuntimeException ex) {
			// The connection was closed meanwhile.
			lose();
		}
		return true;
	}

	@SuppressWarnings("NonAtomicVolatileUpdate") // One message at a time.
	private void done(int length, SendResult result) {
		boolean empty;
		synchronized (this) {
			this.sending = false;
			this.sent++;
			this.waiting -= length;
			empty = this.waiting == 0;
		}
		if (!result.isOK()) {
			lose();
			return;
		}
		pump();
		if (empty) {
			this.drained.run();
		}
	}

	private void lose() {
		if (close()) {
			this.lost.run();
		}
	}

	/** Sends nothing more; whether it still did. */
	synchronized boolean close() {
		boolean open = !this.closed;
		this.closed = true;
		this.queue.clear();
		return open;
	}

	/** How many characters wait. */
	synchronized long waiting() {
		return this.waiting;
	}

	/** How many messages were taken. */
	long sent() {
		return this.sent;
	}

	/** For how many nanoseconds the present message has not been taken; 0 without one. */
	long blocked(long now) {
		return this.sending ? Math.max(1, now - this.since) : 0;
	}

}
