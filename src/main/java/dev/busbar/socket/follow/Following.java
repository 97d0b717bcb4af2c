package dev.busbar.socket.follow;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.live.FeedRequest;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.egress.live.LiveReader;
import dev.busbar.egress.live.LiveRefusalException;
import dev.busbar.ingress.access.Scope;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.socket.connection.Conversation;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.protocol.ClientMessage;
import dev.busbar.socket.protocol.ServerMessage;

/**
 * The subscriptions of one connection, by what the client calls them.
 */
final class Following implements Conversation {

	private static final String RETRY_SECONDS = "5";

	private final SocketConnection connection;

	private final Feed feed;

	private final LiveFeed live;

	private final int max;

	private final Map<String, FeedOutlet> outlets = new ConcurrentHashMap<>();

	Following(SocketConnection connection, Feed feed, LiveFeed live, int max) {
		this.connection = connection;
		this.feed = feed;
		this.live = live;
		this.max = max;
	}

	@Override
	public void receive(ClientMessage message) {
		if (message.action().equals("subscribe")) {
			subscribe(message);
		}
		else {
			message.allow();
			String ref = message.text("ref");
			FeedOutlet outlet = this.outlets.remove(ref);
			if (outlet == null || !outlet.close()) {
				throw ClientMessage
					.malformed("There is no subscription " + Problem.quote(ref) + " on this connection.");
			}
			this.connection.send(ServerMessage.of("unsubscribed", ref).toString());
		}
	}

	private void subscribe(ClientMessage message) {
		this.connection.require(Scope.READ);
		message.allow("types", "keys", "sources", "after", "from");
		String ref = message.text("ref");
		String after = message.optionalText("after");
		String from = message.optionalText("from");
		if (after != null && from != null) {
			throw ClientMessage.malformed("Both 'after' and 'from' say where to start. Leave one of them out.");
		}
		if (this.outlets.containsKey(ref)) {
			throw ClientMessage.malformed("There is a subscription " + Problem.quote(ref)
					+ " on this connection already. Choose another 'ref', or unsubscribe it first.");
		}
		if (this.outlets.size() >= this.max) {
			throw Problem.of(ProblemType.TOO_MANY_READERS, "This connection has " + this.max
					+ " subscriptions already, as many as may (busbar.socket.max-subscriptions). One may have several 'types'.")
				.asException();
		}
		FeedRequest wanted = new FeedRequest(message.texts("types"), message.texts("keys"), message.texts("sources"),
				after, from);
		long start = wanted.start(this.feed);
		FeedOutlet outlet = new FeedOutlet(this.connection, ref, this.feed, (it) -> this.outlets.remove(ref, it));
		LiveReader reader = open(wanted, start, outlet);
		outlet.serves(reader);
		this.outlets.put(ref, outlet);
		this.connection.send(ServerMessage.of("subscribed", ref).with("position", Long.toString(start)).toString());
		reader.start();
		if (!this.connection.open()) {
			// Closed meanwhile, by another thread.
			closed();
		}
	}

	private LiveReader open(FeedRequest wanted, long start, FeedOutlet outlet) {
		try {
			return this.live.open(start, wanted.filter(this.connection.handshake().readable()), outlet);
		}
		catch (LiveRefusalException ex) {
			throw Problem
				.of(ex.stopping() ? ProblemType.STOPPING : ProblemType.TOO_MANY_READERS,
						ex.getMessage() + " Try again in a few seconds, possibly on another instance.")
				.withHeader("Retry-After", RETRY_SECONDS)
				.asException();
		}
	}

	@Override
	public void drained() {
		this.outlets.values().forEach(FeedOutlet::resume);
	}

	@Override
	public void leave() {
		closed();
	}

	@Override
	public void closed() {
		this.outlets.values().forEach(FeedOutlet::close);
		this.outlets.clear();
	}

}
