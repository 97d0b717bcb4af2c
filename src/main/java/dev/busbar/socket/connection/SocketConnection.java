package dev.busbar.socket.connection;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import dev.busbar.event.EventFormatException;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.socket.protocol.ClientMessage;
import dev.busbar.socket.protocol.ServerMessage;
import jakarta.websocket.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * One open WebSocket.
 */
public final class SocketConnection {

	private static final String RETRY_SECONDS = "5";

	private static final Logger logger = LoggerFactory.getLogger(SocketConnection.class);

	private final Connections connections;

	private final Handshake handshake;

	private final Session session;

	private final Outbound outbound;

	private final MessageRate rate;

	private final Map<String, Conversation> conversations = new LinkedHashMap<>();

	private final ReentrantLock receiving = new ReentrantLock();

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile boolean leaving;

	private volatile long heard = System.nanoTime();

	SocketConnection(Connections connections, Handshake handshake, Session session, List<Topic> topics) {
		this.connections = connections;
		this.handshake = handshake;
		this.session = session;
		SocketLimits limits = connections.limits();
		this.rate = new MessageRate(limits.messagesPerSecond(), System.nanoTime());
		this.outbound = new Outbound(session.getAsyncRemote(), limits.buffer(), this::drained,
				() -> close(CloseReasons.TOO_SLOW));
		topics.forEach((topic) -> {
			Conversation conversation = topic.open(this);
			topic.actions().forEach((action) -> this.conversations.put(action, conversation));
		});
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
		this.outbound.send(message);
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

	void receive(String text) {
		this.heard = System.nanoTime();
		this.receiving.lock();
		try {
			if (this.over.get()) {
				return;
			}
			if (!this.rate.take(System.nanoTime())) {
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
		send(ServerMessage
			.error(null,
					Problem.of(ProblemType.RATE_LIMITED, "More than " + this.connections.limits().messagesPerSecond()
							+ " messages came in a second (busbar.socket.messages-per-second). This one was not read: "
							+ "send it again, more slowly.")
						.withHeader("Retry-After", "1")));
	}

	private void handle(byte[] utf8) {
		String ref = null;
		try {
			ClientMessage message = ClientMessage.parse(utf8);
			ref = message.ref();
			Conversation conversation = this.conversations.get(message.action());
			if (conversation == null) {
				throw Problem
					.of(ProblemType.MALFORMED,
							"The action " + Problem.quote(message.action())
									+ " is not known. Use one of 'allowed' for the member 'do'.")
					.with("allowed", new TreeSet<>(this.conversations.keySet()))
					.asException();
			}
			if (this.leaving) {
				throw Problem.of(ProblemType.STOPPING, "The application stops. Connect again, and send it there.")
					.withHeader("Retry-After", RETRY_SECONDS)
					.asException();
			}
			conversation.receive(message);
		}
		catch (ProblemException ex) {
			send(ServerMessage.error(ref, ex.problem()));
		}
		catch (RuntimeException ex) {
			send(ServerMessage.error(ref, problem(ex)));
		}
	}

	private static Problem problem(RuntimeException failure) {
		if (failure instanceof EventFormatException) {
			return Problem.of(ProblemType.MALFORMED, String.valueOf(failure.getMessage()));
		}
		if (failure instanceof DataAccessException || failure instanceof TransactionException) {
			logger.debug("A message is refused, since the database is away", failure);
			return Problem.of(ProblemType.DATABASE_UNAVAILABLE,
					"The database cannot be asked now. Whether this message took effect is not known: send it again in a few seconds.")
				.withHeader("Retry-After", RETRY_SECONDS);
		}
		logger.error("A message on a WebSocket failed", failure);
		return Problem.of(ProblemType.INTERNAL, "The server failed. Its log says why.");
	}

	/** Refuses what the caller has no scope for. */
	public void require(Scope scope) {
		if (!caller().has(scope)) {
			throw Problem
				.of(ProblemType.INSUFFICIENT_SCOPE,
						"This needs the scope '" + scope + "', and the caller has not got it. Use another key, or have "
								+ "this one changed (busbar.access.keys).")
				.with("scopes", List.of(scope.toString()))
				.asException();
		}
	}

	private void drained() {
		this.conversations.values().stream().distinct().forEach(Conversation::drained);
	}

	/** A sign of life. */
	void heard() {
		this.heard = System.nanoTime();
	}

	/** Looks after the time; to be called now and then. */
	void tick(long now, Instant time) {
		SocketLimits limits = this.connections.limits();
		Instant expires = this.handshake.expires();
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
		this.conversations.values().stream().distinct().forEach(Conversation::leave);
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
		for (Conversation conversation : this.conversations.values().stream().distinct().toList()) {
			try {
				conversation.closed();
			}
			catch (RuntimeException ex) {
				logger.warn("The end of a WebSocket left something open: {}", ex.toString());
			}
		}
		return true;
	}

}
