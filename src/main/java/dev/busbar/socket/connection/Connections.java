package dev.busbar.socket.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.websocket.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * All open WebSockets of this instance. Safe for use by several threads, of which it has
 * a few of its own while there is a connection.
 */
public final class Connections implements SmartLifecycle {

	/** Before the feed's readers, and before the web server. */
	private static final int PHASE = Integer.MAX_VALUE - 50;

	private static final Duration TICK = Duration.ofMillis(500);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final int THREADS = 4;

	private static final String RETRY_SECONDS = "5";

	private static final Logger logger = LoggerFactory.getLogger(Connections.class);

	private final SocketLimits limits;

	private final List<Topic> topics;

	private final Clock clock;

	private final LongSupplier nanos;

	private final Places places;

	private final ScheduledThreadPoolExecutor ticker = pool("busbar-socket-tick-", 1);

	private final ScheduledThreadPoolExecutor closer = pool("busbar-socket-", THREADS);

	private boolean ticking;

	private volatile long pinged;

	private volatile boolean stopped;

	/**
	 * Prepares for connections.
	 * @param limits what each may do
	 * @param topics what they may be about
	 * @param clock tells when tokens expire
	 */
	public Connections(SocketLimits limits, List<Topic> topics, Clock clock) {
		this(limits, topics, clock, System::nanoTime);
	}

	Connections(SocketLimits limits, List<Topic> topics, Clock clock, LongSupplier nanos) {
		this.limits = limits;
		this.topics = List.copyOf(topics);
		this.clock = clock;
		this.nanos = nanos;
		this.places = new Places(limits.maxConnections(), nanos);
	}

	/** By which the rate of messages is measured. */
	long nanos() {
		return this.nanos.getAsLong();
	}

	private static ScheduledThreadPoolExecutor pool(String name, int threads) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
		factory.setDaemon(true);
		ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(threads, factory);
		pool.setKeepAliveTime(10, TimeUnit.SECONDS);
		pool.allowCoreThreadTimeOut(true);
		return pool;
	}

	SocketLimits limits() {
		return this.limits;
	}

	/** How many are open. */
	public int count() {
		return this.places.open().size();
	}

	/**
	 * Keeps a place for a connection that is about to be opened.
	 * @param handshake how it is; if it fails, {@link #giveBack} is to be called
	 * @throws dev.busbar.problem.ProblemException if there is none
	 */
	public void reserve(Handshake handshake) {
		if (this.stopped) {
			throw Problem.of(ProblemType.STOPPING, "The application stops. Connect again in a few seconds.")
				.withHeader("Retry-After", RETRY_SECONDS)
				.asException();
		}
		this.places.take(handshake);
	}

	/** No connection comes of a handshake. */
	public void giveBack(Handshake handshake) {
		this.places.giveBack(handshake);
	}

	/** Takes a connection that was opened. */
	SocketConnection opened(Handshake handshake, Session session) {
		SocketConnection connection = new SocketConnection(this, handshake, session, this.topics);
		synchronized (this) {
			this.places.opened(connection);
			if (!this.ticking) {
				this.ticking = true;
				this.pinged = System.nanoTime();
				scheduleTick();
			}
		}
		if (this.stopped) {
			connection.close(CloseReasons.STOPPING);
		}
		return connection;
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void scheduleTick() {
		this.ticker.schedule(this::tick, TICK.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void tick() {
		long now = System.nanoTime();
		boolean ping = now - this.pinged > this.limits.pingInterval().toNanos();
		if (ping) {
			this.pinged = now;
		}
		for (SocketConnection connection : this.places.open()) {
			try {
				connection.tick(now, this.clock.instant());
				if (ping && connection.idle()) {
					execute(() -> ping(connection));
				}
			}
			catch (RuntimeException ex) {
				logger.debug("A WebSocket could not be looked after", ex);
			}
		}
		synchronized (this) {
			this.ticking = !this.places.open().isEmpty();
			if (this.ticking) {
				scheduleTick();
			}
		}
	}

	// It may wait for the network, though not for long.
	private void ping(SocketConnection connection) {
		try {
			if (connection.idle() && connection.open()) {
				connection.session().getBasicRemote().sendPing(ByteBuffer.allocate(0));
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("A ping did not go out", ex);
			connection.close(CloseReasons.TOO_SLOW);
		}
	}

	void forget(SocketConnection connection) {
		this.places.closed(connection);
	}

	void close(SocketConnection connection, CloseReasons reason) {
		execute(() -> {
			try {
				connection.session().close(reason.reason());
			}
			catch (IOException | RuntimeException ex) {
				logger.debug("A WebSocket did not close well", ex);
			}
		});
	}

	private void execute(Runnable task) {
		try {
			this.closer.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Everything is closed", ex);
		}
	}

	@Override
	public void start() {
		this.stopped = false;
	}

	/** Ends all connections, each in good order; they connect again elsewhere. */
	@Override
	public void stop() {
		this.stopped = true;
		List<Callable<Boolean>> ends = new ArrayList<>();
		for (SocketConnection connection : this.places.open()) {
			ends.add(() -> {
				connection.leave(PATIENCE.toNanos());
				if (connection.ended()) {
					connection.session().close(CloseReasons.STOPPING.reason());
				}
				return true;
			});
		}
		try {
			this.closer.invokeAll(ends, 2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return !this.stopped;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
