package dev.busbar.egress.feed;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Feeds and their events for tests.
 */
public final class TestFeed {

	public static final FeedProperties PROPERTIES = new FeedProperties(true, Duration.ofDays(7), Duration.ofMillis(50),
			Duration.ofSeconds(15), 1500, Duration.ofSeconds(20), Duration.ofSeconds(3));

	private TestFeed() {
	}

	public static JdbcFeed on(TestDatabase database, String application, Clock clock) {
		return new JdbcFeed(database.dataSource(), new StoreSchema(database.dataSource()), application, PROPERTIES,
				clock);
	}

	/** Adds events in a transaction of their own. */
	public static List<FeedEvent> add(TestDatabase database, JdbcFeed feed, List<Event<byte @Nullable []>> events) {
		List<FeedEvent> added = Objects.requireNonNull(database.transaction().execute((status) -> feed.add(events)));
		if (!added.isEmpty()) {
			feed.committed(added.get(added.size() - 1).number());
		}
		return added;
	}

	public static Event<byte @Nullable []> event(String type) {
		return event(UUID.randomUUID().toString(), "/test", type, "k", "{\"n\":1}");
	}

	public static Event<byte @Nullable []> event(String id, String source, String type, @Nullable String key,
			String data) {
		return new Event<>(id, source, type, null, null, key, null, null, "application/json", null, Map.of(),
				data.getBytes(StandardCharsets.UTF_8));
	}

}
