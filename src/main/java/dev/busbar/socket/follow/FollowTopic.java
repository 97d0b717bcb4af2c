package dev.busbar.socket.follow;

import java.util.Set;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.socket.connection.Conversation;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.connection.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Follows the feed, with the filters and places of {@code GET /feed}.
 */
public final class FollowTopic implements Topic {

	private final @Nullable Feed feed;

	private final @Nullable LiveFeed live;

	private final int maxSubscriptions;

	/**
	 * Prepares following.
	 * @param feed what is followed, null if there is no feed
	 * @param live serves the readers, null if there is no feed
	 * @param maxSubscriptions how many a connection may have
	 */
	public FollowTopic(@Nullable Feed feed, @Nullable LiveFeed live, int maxSubscriptions) {
		this.feed = feed;
		this.live = live;
		this.maxSubscriptions = maxSubscriptions;
	}

	@Override
	public Set<String> actions() {
		return Set.of("subscribe", "unsubscribe");
	}

	@Override
	public Conversation open(SocketConnection connection) {
		if (this.feed == null || this.live == null) {
			return (message) -> {
				throw Problem.of(ProblemType.FEED_OFF,
						"This application keeps no feed. Set busbar.feed.enabled=true and start it again; the feed begins with the events that are published from then on.")
					.asException();
			};
		}
		return new Following(connection, this.feed, this.live, this.maxSubscriptions);
	}

}
