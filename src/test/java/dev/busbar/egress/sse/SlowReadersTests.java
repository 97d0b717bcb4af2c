package dev.busbar.egress.sse;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.JdbcFeed;
import dev.busbar.egress.feed.TestFeed;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.egress.sse.ManyReaders.Connection;
import dev.busbar.event.Event;
import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.SseReader;
import dev.busbar.testing.SseReader.Received;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many readers at once, those among them that do not read, and the end of the
 * application.
 */
class SlowReadersTests {

	private static final String LARGE = "\"" + "x".repeat(100_000) + "\"";

	@Test
	void aThousandReadersFollowAlthoughSomeNeverRead() throws IOException {
		try (ConfigurableApplicationContext application = start("--busbar.feed.max-readers=1000");
				ManyReaders many = new ManyReaders(port(application))) {
			List<Connection> stuck = new ArrayList<>();
			List<Connection> readers = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				stuck.add(many.open("", false));
			}
			for (int i = 0; i < 950; i++) {
				readers.add(many.open("?type=small", true));
			}
			LiveFeed live = application.getBean(LiveFeed.class);
			soon().until(() -> live.readers() == 1000);
			HttpTester.problem(new HttpTester(port(application)).get("/feed"), 503, "too-many-readers");
			soon().until(() -> readers.stream().allMatch((it) -> it.status.contains("200")));
			int threads = ManagementFactory.getThreadMXBean().getThreadCount();
			// So much that no socket can hold it, and small ones in between.
			for (int i = 0; i < 25; i++) {
				add(application, "large", LARGE, 4);
				add(application, "small", "{}", 1);
			}
			soon().until(() -> readers.stream().allMatch((it) -> it.events == 25));
			assertThat(readers).allMatch((it) -> it.orderly && !it.ended);
			assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 100);
			// Those that never read are cut off, and their places are free again.
			soon().until(() -> live.readers() == 950);
			assertThat(new HttpTester(port(application)).get("/handlers").statusCode()).isEqualTo(200);
			try (SseReader another = follow(application, "")) {
				add(application, "small", "{}", 1);
				soon().until(() -> another.events().size() == 1);
			}
			soon().until(() -> readers.stream().allMatch((it) -> it.events == 26));
			for (Connection connection : stuck) {
				connection.close();
			}
		}
	}

	@Test
	@SuppressWarnings("try")
	void whoWasCutOffResumesWithoutGapOrRepeat() throws IOException {
		try (ConfigurableApplicationContext application = start()) {
			LiveFeed live = application.getBean(LiveFeed.class);
			List<Long> seen = new ArrayList<>();
			try (ManyReaders many = new ManyReaders(port(application))) {
				Connection stuck = many.open("?from=start", false);
				soon().until(() -> live.readers() == 1);
				add(application, "large", LARGE, 300);
				soon().until(() -> live.readers() == 0);
				stuck.close();
			}
			// As often as it is cut off, here by itself: it goes on after what it has.
			for (int times = 0; seen.size() < 300 && times < 20; times++) {
				String last = seen.isEmpty() ? "0" : seen.get(seen.size() - 1).toString();
				try (SseReader reader = follow(application, "", "Last-Event-ID", last)) {
					int enough = Math.min(100, 300 - seen.size());
					soon().until(() -> reader.events().size() >= enough || reader.ended());
					reader.close();
					reader.events().stream().map(Received::number).forEach(seen::add);
				}
			}
			assertThat(seen).hasSize(300).isSorted().doesNotHaveDuplicates();
		}
	}

	@Test
	void streamsEndWithTheApplicationAndDoNotHoldItUp() throws IOException {
		ConfigurableApplicationContext application = start("--busbar.feed.write-timeout=2m",
				"--spring.lifecycle.timeout-per-shutdown-phase=1m");
		try (ManyReaders many = new ManyReaders(port(application));
				SseReader reader = follow(application, "?type=small")) {
			Connection stuck = many.open("?type=large", false);
			LiveFeed live = application.getBean(LiveFeed.class);
			soon().until(() -> live.readers() == 2);
			add(application, "large", LARGE, 300);
			add(application, "small", "{}", 1);
			soon().until(() -> reader.events().size() == 1);
			long start = System.nanoTime();
			application.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).as("a stuck reader is not waited for")
				.isLessThan(Duration.ofSeconds(50));
			soon().until(reader::ended);
			assertThat(reader.events()).hasSize(1);
			stuck.close();
		}
		finally {
			application.close();
		}
	}

	@Test
	void withoutAFeedTheAnswerSaysHowToHaveOne() {
		Set<Thread> others = Thread.getAllStackTraces().keySet();
		try (ConfigurableApplicationContext application = start("--busbar.feed.enabled=false")) {
			HttpTester http = new HttpTester(port(application));
			assertThat(HttpTester.problem(http.get("/feed"), 404, "feed-off").path("detail").asString())
				.contains("busbar.feed.enabled=true");
			assertThat(http
				.post("/webhook", "{\"event\":\"feed.noted\",\"id\":\"1\",\"data\":{\"key\":\"k\",\"number\":1}}",
						"Content-Type", "application/json")
				.statusCode()).isEqualTo(200);
			soon().until(() -> http.get("/events/1").body().contains("\"handled\""));
			assertThat(http.get("/actuator/bindings").body()).contains("feedNoted-in-0").doesNotContain("Feed-in-0");
			JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
			assertThat(jdbc.queryForObject("select count(*) from busbar_feed_counter", Long.class)).isZero();
			assertThat(jdbc.queryForList("select name from busbar_log_group", String.class))
				.doesNotContain("feed-test.feed");
			assertThat(Thread.getAllStackTraces().keySet()).filteredOn((it) -> !others.contains(it))
				.noneMatch((it) -> it.getName().startsWith("busbar-feed"));
		}
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		List<String> all = new ArrayList<>(List.of("--server.port=0", "--spring.application.name=feed-test",
				"--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
		all.addAll(List.of(arguments));
		return new SpringApplicationBuilder(FeedApplication.class)
			.properties("busbar.feed.enabled=true", "busbar.feed.write-timeout=10s")
			.run(all.toArray(String[]::new));
	}

	private static int port(ConfigurableApplicationContext application) {
		return Objects.requireNonNull(((ServletWebServerApplicationContext) application).getWebServer()).getPort();
	}

	private static SseReader follow(ConfigurableApplicationContext application, String query, String... headers) {
		return SseReader.open(URI.create("http://127.0.0.1:" + port(application) + "/feed" + query), headers);
	}

	private static void add(ConfigurableApplicationContext application, String type, String data, int count) {
		JdbcFeed feed = application.getBean(JdbcFeed.class);
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			events.add(TestFeed.event(UUID.randomUUID().toString(), "/s", type, null, data));
		}
		List<FeedEvent> added = Objects
			.requireNonNull(application.getBean(TransactionTemplate.class).execute((status) -> feed.add(events)));
		feed.committed(added.get(added.size() - 1).number());
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50));
	}

}
