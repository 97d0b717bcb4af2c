package dev.busbar.socket.connection;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;

/**
 * The places for WebSockets, of which there are so many. A handshake takes one, and the
 * connection that comes of it has it until its end. Safe for use by several threads.
 */
final class Places {

	/** A handshake keeps its place for as long, if nothing is heard of it. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

	private final int count;

	private final LongSupplier nanos;

	/** When each began. */
	private final IdentityHashMap<Handshake, Long> handshakes = new IdentityHashMap<>();

	private final Set<SocketConnection> open = ConcurrentHashMap.newKeySet();

	Places(int count, LongSupplier nanos) {
		this.count = count;
		this.nanos = nanos;
	}

	/**
	 * Takes a place for a handshake.
	 * @throws dev.busbar.problem.ProblemException if there is none
	 */
	synchronized void take(Handshake handshake) {
		long now = this.nanos.getAsLong();
		this.handshakes.values().removeIf((began) -> now - began > PATIENCE);
		if (this.open.size() + this.handshakes.size() >= this.count) {
			throw Problem.of(ProblemType.TOO_MANY_CONNECTIONS, this.count
					+ " WebSockets are open here already, as many as "
					+ "may (busbar.socket.max-connections). Try again in a few seconds, possibly on another instance.")
				.withHeader("Retry-After", "5")
				.asException();
		}
		this.handshakes.put(handshake, now);
	}

	/** Nothing has come of a handshake. */
	synchronized void giveBack(Handshake handshake) {
		this.handshakes.remove(handshake);
	}

	/** A connection has come of its handshake. */
	synchronized void opened(SocketConnection connection) {
		this.handshakes.remove(connection.handshake());
		this.open.add(connection);
	}

	void closed(SocketConnection connection) {
		this.open.remove(connection);
	}

	/** The connections that are open now. */
	Collection<SocketConnection> open() {
		return Collections.unmodifiableSet(this.open);
	}

}
