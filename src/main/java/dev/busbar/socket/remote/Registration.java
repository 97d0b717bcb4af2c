package dev.busbar.socket.remote;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.event.CloudEvents;
import dev.busbar.handler.batch.RemoteHandling.Work;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.protocol.ServerMessage;

/**
 * A connection as a remote handler: what it has in hand, and how much it takes.
 */
final class Registration {

	/** As many characters may wait on the connection before it gets more work. */
	private static final int ROOM = 256 * 1024;

	private final String handler;

	private final SocketConnection connection;

	private final CloudEvents codec;

	/** By lease. */
	private final Map<UUID, Held> inHand = new ConcurrentHashMap<>();

	private volatile int capacity;

	/** Whether work did not fit behind what waited. */
	private volatile boolean crowded;

	Registration(String handler, SocketConnection connection, CloudEvents codec, int capacity) {
		this.handler = handler;
		this.connection = connection;
		this.codec = codec;
		this.capacity = capacity;
	}

	String handler() {
		return this.handler;
	}

	/** Whether its connection is there for new things. */
	boolean open() {
		return this.connection.open();
	}

	/** Whether it ends since the application stops. */
	boolean stopping() {
		return this.connection.stopping();
	}

	/** Takes that many at a time; 0 for nothing more. */
	void takes(int many) {
		this.capacity = many;
	}

	/** How many more it takes now. */
	int free() {
		long waiting = this.connection.waiting();
		boolean room = waiting == 0 || (waiting < ROOM && !this.crowded);
		return (open() && room) ? Math.max(0, this.capacity - this.inHand.size()) : 0;
	}

	/** How many bytes more it takes now, if there are several. */
	long room() {
		return Math.max(0, ROOM - this.connection.waiting());
	}

	/** Nothing waits any more. */
	void drained() {
		this.crowded = false;
	}

	/**
	 * Sends work.
	 * @return false if it does not fit behind what waits: it is not in hand
	 */
	boolean give(Work work) {
		String message = ServerMessage.of("work", null)
			.with("handler", this.handler)
			.with("lease", work.lease().toString())
			.with("attempt", work.attempt())
			.with("expires", work.expires().toString())
			.with("event", this.codec.encode(work.event()))
			.toString();
		this.inHand.put(work.lease(), new Held(System.nanoTime(), work.expires()));
		if (this.connection.offer(message)) {
			return true;
		}
		this.crowded = true;
		// Unless it was given back meanwhile, with all others.
		return this.inHand.remove(work.lease()) == null;
	}

	/** Whether it holds a lease. */
	boolean holds(UUID lease) {
		return this.inHand.containsKey(lease);
	}

	/** For how many microseconds it has held a lease. */
	long micros(UUID lease) {
		Held held = this.inHand.get(lease);
		return (held != null) ? (System.nanoTime() - held.since()) / 1000 : 0;
	}

	/** A lease ends later, also if it was taken for ended meanwhile. */
	void extended(UUID lease, Instant end) {
		this.inHand.compute(lease, (same, held) -> new Held((held != null) ? held.since() : System.nanoTime(), end));
	}

	/** Leases have ended without an answer: there is room for others. */
	void ended(Instant until) {
		this.inHand.values().removeIf((held) -> !held.end().isAfter(until));
	}

	void done(UUID lease) {
		this.inHand.remove(lease);
	}

	/** Takes all leases off it. */
	List<UUID> takeAll() {
		List<UUID> leases = new ArrayList<>(this.inHand.keySet());
		leases.removeIf((lease) -> this.inHand.remove(lease) == null);
		return leases;
	}

	/**
	 * An event with a client.
	 *
	 * @param since when it was given, in nanoseconds
	 * @param end when its lease ends
	 */
	private record Held(long since, Instant end) {

	}

}
