package dev.busbar.socket.remote;

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

	/** When each was given, by lease. */
	private final Map<UUID, Long> inHand = new ConcurrentHashMap<>();

	private volatile int capacity;

	Registration(String handler, SocketConnection connection, CloudEvents codec, int capacity) {
		this.handler = handler;
		this.connection = connection;
		this.codec = codec;
		this.capacity = capacity;
	}

	String handler() {
		return this.handler;
	}

	/** Takes that many at a time; 0 for nothing more. */
	void takes(int many) {
		this.capacity = many;
	}

	/** How many more it takes now. */
	int free() {
		return (this.connection.open() && this.connection.waiting() < ROOM)
				? Math.max(0, this.capacity - this.inHand.size()) : 0;
	}

	void give(Work work) {
		this.inHand.put(work.lease(), System.nanoTime());
		this.connection.send(ServerMessage.of("work", null)
			.with("handler", this.handler)
			.with("lease", work.lease().toString())
			.with("attempt", work.attempt())
			.with("expires", work.expires().toString())
			.with("event", this.codec.encode(work.event()))
			.toString());
	}

	/** Whether it holds a lease. */
	boolean holds(UUID lease) {
		return this.inHand.containsKey(lease);
	}

	/** For how many microseconds it has held a lease. */
	long micros(UUID lease) {
		Long since = this.inHand.get(lease);
		return (since != null) ? (System.nanoTime() - since) / 1000 : 0;
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

}
