package dev.busbar.socket.connection;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import dev.busbar.problem.ProblemException;
import dev.busbar.socket.protocol.ClientMessage;
import dev.busbar.socket.protocol.ServerMessage;
import jakarta.websocket.Session;

/**
 * One open WebSocket.
 */
public final class SocketConnection {

	private final Connections connections;

	private final Handshake handshake;

	private final Session session;

	private final Outbound outbound;

	private final MessageRate rate;

	private final Conversations conversations;

	private final ReentrantLock receiving = new ReentrantLock();

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile boolean leaving;

	private volatile long heard = System.nanoTime();

	SocketConnection(Connections connections, Handshake handshake, Session session, List<Topic> topics) {
		this.connections = connections;
		this.handshake = handshake;
		this.session = session;
		SocketLimits limits = connections.limits();
		this.rate = new MessageRate(limits.messagesPerSecond(), connections.nanos());
		this.outbound = new Outbound(session.getAsyncRemote(), limits.buffer(), this::drained,
				() -> close(CloseReasons.TOO_SLOW));
		this.conversations = new Conversations(this, topics);
	}

	/** Who has opened it. */
	public Caller caller() {
		return this.handshake.caller();
	}

	/** How it was opened. */
	public Handshake handshake() {
		return this.handshake;
	}

	/** Sends a message when those before it are sent. Never waits. */
	public void send(String message) {
		send(message, () -> true);
	}

	/**
	 * Sends a message in the same way, if it is still wanted.
	 * @param message the message
	 * @param wanted asked when it takes its place, so that nothing comes between; it must
	 * not wait
	 */
	public void send(String message, BooleanSupplier wanted) {
		this.outbound.send(message, wanted);
	}

	/** Sends a message like others, if it fits behind what waits; whether it does. */
	public boolean offer(String message) {
		return this.outbound.offer(message);
	}

	/** How many characters wait to be sent. */
	public long waiting() {
		return this.outbound.waiting();
	}

	/** A number that rises with each message that was taken. */
	public long sent() {
		return this.outbound.sent();
	}

	/** Whether it is still open for new things. */
	public boolean open() {
		return !this.leaving && !this.over.get();
	}

	/** Whether the application stops, so that no end is the client's doing. */
	public boolean stopping() {
		return !this.connections.isRunning();
	}

	void receive(String text) {
		this.heard = System.nanoTime();
		this.receiving.lock();
		try {
			if (this.over.get()) {
				return;
			}
			if (!this.rate.take(this.connections.nanos())) {
				refuseRate();
				return;
			}
			byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
			if (utf8.length > this.connections.limits().maxMessage()) {
				close(CloseReasons.TOO_LARGE);
				return;
			}
			handle(utf8);
		}
		finally {
			this.receiving.unlock();
		}
	}

	private void refuseRate() {
		if (this.rate.abused()) {
			close(CloseReasons.TOO_MANY);
			return;
		}
		send(ServerMessage.error(null, MessageFailure.tooMany(this.connections.limits().messagesPerSecond())));
	}

	private void handle(byte[] utf8) {
		String ref = null;
		try {
			ClientMessage message = ClientMessage.parse(utf8);
			ref = message.ref();
			Conversation conversation = this.conversations.of(message.action());
			if (this.leaving) {
				throw MessageFailure.stopping().asException();
			}
			conversation.receive(message);
		}
		catch (ProblemException ex) {
			send(ServerMessage.error(ref, ex.problem()));
		}
		catch (RuntimeException ex) {
			send(ServerMessage.error(ref, MessageFailure.problem(ex)));
		}
	}

	/** Refuses what the caller has no scope for. */
	public void require(Scope scope) {
		if (!caller().has(scope)) {
			throw MessageFailure.without(scope).asException();
		}
	}

	private void drained() {
		this.conversations.drained();
	}

	/** A sign of life. */
	void heard() {
		this.heard = System.nanoTime();
	}

	/** Looks after the time; to be called now and then. */
	void tick(long now, Instant time) {
		SocketLimits limits = this.connections.limits();
		Instant expires = this.handshake.expires();
		if (!idle()) {
			// It is sent no ping: what it takes is looked at instead.
			this.heard = now;
		}
		if (this.outbound.blocked(now) > limits.writeTimeout().toNanos()) {
			close(CloseReasons.TOO_SLOW);
		}
		else if (now - this.heard > 3 * limits.pingInterval().toNanos()) {
			close(CloseReasons.SILENT);
		}
		else if (expires != null && !time.isBefore(expires)) {
			close(CloseReasons.EXPIRED);
		}
	}

	/** Whether a ping would go out at once. */
	boolean idle() {
		return this.outbound.waiting() == 0;
	}

	Session session() {
		return this.session;
	}

	/**
	 * Ends in good order: no further message is taken, what is in hand is finished, what
	 * waits is sent.
	 * @param patience how long that may take
	 */
	void leave(long patience) throws InterruptedException {
		this.leaving = true;
		long end = System.nanoTime() + patience;
		if (this.receiving.tryLock(patience, TimeUnit.NANOSECONDS)) {
			this.receiving.unlock();
		}
		this.conversations.leave();
		while (this.outbound.waiting() > 0 && !this.over.get() && System.nanoTime() < end) {
			TimeUnit.MILLISECONDS.sleep(5);
		}
	}

	/**
	 * Closes it from this side, soon and on another thread.
	 * @param reason what the client is told
	 */
	public void close(CloseReasons reason) {
		if (ended()) {
			this.connections.close(this, reason);
		}
	}

	/** The connection is gone, or is going; once. */
	boolean ended() {
		if (!this.over.compareAndSet(false, true)) {
			return false;
		}
		this.outbound.close();
		this.connections.forget(this);
		this.conversations.closed();
		return true;
	}

}
