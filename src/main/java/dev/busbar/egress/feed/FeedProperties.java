package dev.busbar.egress.feed;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * The feed: all events of the application's streams in one order.
 *
 * @param enabled Whether there is a feed. It stores every event once more, in the
 * application's database.
 * @param retention How long events are kept. A reader that was away for longer has missed
 * some, and is told so.
 * @param pollInterval How often the database is asked for events that other instances
 * added, while somebody follows the feed here; those that this instance added are handed
 * on at once.
 * @param heartbeat How often a reader gets a sign of life when there is no event for it.
 * @param maxReaders How many may follow the feed on this instance at the same time.
 * @param writeTimeout How long a reader may take nothing of what it is sent before it is
 * cut off.
 * @param reconnect After which time a reader should connect again that was cut off.
 */
@ConfigurationProperties("busbar.feed")
public record FeedProperties(@DefaultValue("false") boolean enabled, @DefaultValue("7d") Duration retention,
		@DefaultValue("250ms") Duration pollInterval, @DefaultValue("15s") Duration heartbeat,
		@DefaultValue("1500") int maxReaders, @DefaultValue("20s") Duration writeTimeout,
		@DefaultValue("3s") Duration reconnect) {

	public FeedProperties {
		positive(retention, "retention", "7d");
		positive(pollInterval, "poll-interval", "250ms");
		positive(heartbeat, "heartbeat", "15s");
		positive(writeTimeout, "write-timeout", "20s");
		positive(reconnect, "reconnect", "3s");
		Assert.isTrue(maxReaders >= 1, "busbar.feed.max-readers must be 1 or more, not " + maxReaders);
	}

	private static void positive(Duration value, String name, String example) {
		Assert.isTrue(value.toMillis() >= 1,
				() -> "busbar.feed.%s is %s: set a positive duration such as %s".formatted(name, value, example));
	}

}
