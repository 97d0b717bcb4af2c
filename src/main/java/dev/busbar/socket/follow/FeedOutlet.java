package dev.busbar.socket.follow;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedPositionException;
import dev.busbar.egress.live.FeedRequest;
import dev.busbar.egress.live.LiveEvent;
import dev.busbar.egress.live.LiveOutlet;
import dev.busbar.egress.live.LiveReader;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.socket.connection.CloseReasons;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.protocol.ServerMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one subscription on their way to its connection.
 */
final class FeedOutlet implements LiveOutlet {

	/** As many characters may wait on the connection before it gets another event. */
	private static final int ROOM = 64 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(FeedOutlet.class);

	private final SocketConnection connection;

	private final String ref;

	private final Feed feed;

	private final Consumer<FeedOutlet> ended;

	/** After that nothing of it is sent. */
	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile @Nullable LiveReader reader;

	/**
	 * Creates an outlet that serves nobody.
	 * @param connection where it leads
	 * @param ref what the client calls the subscription
	 * @param feed what it follows
	 * @param ended called before the client is told that the subscription has ended by
	 * itself
	 */
	FeedOutlet(SocketConnection connection, String ref, Feed feed, Consumer<FeedOutlet> ended) {
		this.connection = connection;
		this.ref = ref;
		this.feed = feed;
		this.ended = ended;
	}

	/** Tells whom it serves, before that starts. */
	void serves(LiveReader served) {
		this.reader = served;
	}

	/** The connection has room for more. */
	void resume() {
		LiveReader known = this.reader;
		if (known != null) {
			known.resume();
		}
	}

	/**
	 * Ends the subscription: what is sent from now on comes after its last event.
	 * @return false if it has ended before
	 */
	boolean close() {
		boolean first = this.closed.compareAndSet(false, true);
		LiveReader known = this.reader;
		if (known != null) {
			known.close();
		}
		return first;
	}

	@Override
	public boolean ready() {
		return this.connection.waiting() < ROOM;
	}

	@Override
	public long progress() {
		return this.connection.sent();
	}

	@Override
	public void send(LiveEvent event) {
		this.connection.send(ServerMessage.of("event", this.ref)
			.with("position", Long.toString(event.number()))
			.with("event", event.json())
			.toString(), this::open);
	}

	private boolean open() {
		return !this.closed.get();
	}

	@Override
	public void heartbeat(long position) {
		this.connection.send(
				ServerMessage.of("heartbeat", this.ref).with("position", Long.toString(position)).toString(),
				this::open);
	}

	@Override
	public boolean flush() {
		return this.connection.waiting() == 0;
	}

	@Override
	public void end(End reason) {
		switch (reason) {
			case TOO_SLOW -> this.connection.close(CloseReasons.TOO_SLOW);
			case FAILED -> this.connection.close(CloseReasons.FAILED);
			case GONE -> leave();
			default -> logger.trace("A subscription has ended: {}", reason);
		}
	}

	private void leave() {
		if (this.closed.compareAndSet(false, true)) {
			this.ended.accept(this);
			this.connection.send(ServerMessage.error(this.ref, gone()));
			this.connection.send(ServerMessage.of("unsubscribed", this.ref).toString());
		}
	}

	private Problem gone() {
		LiveReader known = this.reader;
		try {
			FeedPositionException.check(this.feed, (known != null) ? known.position() : -1);
		}
		catch (FeedPositionException ex) {
			return FeedRequest.gone(ex);
		}
		catch (RuntimeException ex) {
			logger.debug("Where the feed stands is not known now", ex);
		}
		return Problem.of(ProblemType.POSITION_GONE, "What follows is not kept any more. Subscribe anew.");
	}

}
