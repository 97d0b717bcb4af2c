package dev.busbar.socket;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.JdbcFeed;
import dev.busbar.egress.feed.TestFeed;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.ingress.HttpTester;
import dev.busbar.socket.connection.Connections;
import dev.busbar.testing.SocketClient;
import dev.busbar.testing.SseReader;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What waits for a client that reads late.
 */
@SpringBootTest(classes = SocketApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { SocketApplication.PROPERTIES, "spring.datasource.url=jdbc:h2:mem:slow;DB_CLOSE_DELAY=-1",
				"busbar.socket.write-timeout=1m" })
class SlowClientTests {

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Connections connections;

	@Autowired
	private JdbcFeed feed;

	@Autowired
	private LiveFeed live;

	@Autowired
	private TransactionTemplate transaction;

	@Autowired
	private JdbcTemplate jdbc;

	@AfterEach
	void close() {
		soon().until(() -> this.connections.count() == 0 && this.live.readers() == 0);
	}

	@Test
	void largeEventsForARemoteHandlerWaitInTheDatabaseAndEachHasOneAttempt() {
		String text = "x".repeat(400_000);
		for (int number = 0; number < 50; number++) {
			String event = "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/here\",\"type\":\"work.asked\",\"partitionkey\":\"%s\",\"data\":{\"text\":\"%s\"}}"
				.formatted(this.key + "-" + number, this.key + number, text);
			assertThat(new HttpTester(this.port).post("/events", event, "Content-Type", "application/cloudevents+json")
				.statusCode()).isEqualTo(202);
		}
		soon().until(() -> count("ready is not null") == 50);
		try (SocketClient slow = SocketClient.deaf(this.port)) {
			slow.send("{'do':'handle','handler':'worker','capacity':50}");
			soon().during(Duration.ofMillis(300))
				.until(() -> count("lease is not null") > 0 && count("lease is not null") < 50);
			slow.read();
			for (int number = 0; number < 50; number++) {
				JsonNode work = slow.awaitOne("work", number + 1);
				slow.send("{'do':'handled','lease':'" + work.path("lease").asString() + "','results':[]}");
			}
			slow.await("handled", 50);
			List<JsonNode> work = slow.received("work");
			assertThat(work).hasSize(50).allMatch((each) -> each.path("attempt").asInt() == 1);
		}
		assertThat(count("1 = 1")).isZero();
	}

	@Test
	void aSubscriptionThatLagsBehindTheRetentionIsToldAndEndedAndTheConnectionStays() {
		long before = this.feed.last();
		try (SocketClient slow = SocketClient.deaf(this.port);
				SseReader other = SseReader
					.open(URI.create("http://127.0.0.1:" + this.port + "/feed?type=socket.last&key=" + this.key))) {
			slow.send("{'do':'subscribe','ref':'s','types':['socket.large'],'after':'" + before + "'}");
			soon().until(() -> this.live.readers() == 2);
			// So much that it is neither on the wire nor in the window of all readers.
			String large = "\"" + "x".repeat(1_000_000) + "\"";
			for (int i = 0; i < 40; i++) {
				add("socket.large", large);
			}
			add("socket.last", "{}");
			soon().until(() -> other.events().size() == 1);
			this.jdbc.update("delete from busbar_feed where number <= ?", before + 22);
			slow.read();
			JsonNode ended = slow.awaitOne("unsubscribed", 1);
			assertThat(ended.path("ref").asString()).isEqualTo("s");
			List<JsonNode> all = slow.received();
			JsonNode error = all.get(all.indexOf(ended) - 1);
			assertThat(error.path("is").asString()).isEqualTo("error");
			assertThat(error.path("ref").asString()).isEqualTo("s");
			assertThat(error.path("problem").path("type").asString()).endsWith(":position-gone");
			assertThat(error.path("problem").path("oldest").asLong()).isEqualTo(before + 23);
			slow.send("{'do':'subscribe','ref':'s','types':['socket.large'],'from':'now'}");
			slow.await("subscribed", 2);
		}
	}

	private void add(String type, String data) {
		List<FeedEvent> added = Objects.requireNonNull(this.transaction.execute((status) -> this.feed
			.add(List.of(TestFeed.event(UUID.randomUUID().toString(), "/here", type, this.key, data)))));
		this.feed.committed(added.get(0).number());
	}

	private long count(String condition) {
		Long count = this.jdbc.queryForObject("select count(*) from busbar_outgoing where " + condition, Long.class);
		return (count != null) ? count : 0;
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
	}

}
