package dev.busbar.egress.sse;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.JdbcFeed;
import dev.busbar.egress.feed.TestFeed;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.event.Event;
import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.SseReader;
import dev.busbar.testing.SseReader.Received;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The feed as any client of server-sent events sees it, on a real server and a real
 * database, through the embedded broker.
 */
@SpringBootTest(classes = FeedApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "busbar.feed.enabled=true", "busbar.feed.heartbeat=200ms", "busbar.feed.reconnect=1234ms",
				"spring.datasource.url=jdbc:h2:mem:feed-over-http;DB_CLOSE_DELAY=-1" })
class FeedOverHttpTests {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final List<SseReader> readers = new ArrayList<>();

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

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
		this.readers.forEach(SseReader::close);
		soon().until(() -> this.live.readers() == 0);
	}

	@Test
	void anEventIsOneBlockWithItsPlaceItsTypeAndItselfOnOneLine() {
		SseReader reader = follow("");
		soon().until(() -> reader.lines().size() >= 3);
		assertThat(reader.lines().subList(0, 3)).containsExactly("retry: 1234", "id: " + this.feed.last(), "");
		String data = "{\n  \"key\" : \"" + this.key + "\",\r\n\t\"number\" : 1\n}";
		assertThat(new HttpTester(this.port)
			.post("/events", data, "Content-Type", "application/json", "ce-specversion", "1.0", "ce-id", this.key,
					"ce-source", "/here", "ce-type", "feed.noted", "ce-extra", "x")
			.statusCode()).isEqualTo(202);
		Received received = await(reader, 1).get(0);
		assertThat(received.number()).isEqualTo(this.feed.last());
		assertThat(received.type()).isEqualTo("feed.noted");
		JsonNode event = JSON.readTree(received.data());
		assertThat(event.path("specversion").asString()).isEqualTo("1.0");
		assertThat(event.path("id").asString()).isEqualTo(this.key);
		assertThat(event.path("source").asString()).isEqualTo("/here");
		assertThat(event.path("type").asString()).isEqualTo("feed.noted");
		assertThat(event.path("partitionkey").asString()).isEqualTo(this.key);
		assertThat(event.path("extra").asString()).isEqualTo("x");
		assertThat(event.path("data")).isEqualTo(JSON.readTree(data));
		int at = reader.lines().indexOf("id: " + received.id());
		assertThat(reader.lines().subList(at, at + 4)).containsExactly("id: " + received.id(), "event: feed.noted",
				"data: " + received.data(), "");
	}

	@Test
	void theAnswerIsNotToBeKeptOrCollected() {
		HttpResponse<String> head = new HttpTester(this.port).send("HEAD", "/feed", new byte[0]);
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(head.headers().map()).containsEntry("Content-Type", List.of("text/event-stream;charset=UTF-8"))
			.containsEntry("Cache-Control", List.of("no-store"))
			.containsEntry("X-Accel-Buffering", List.of("no"));
		assertThat(head.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
	}

	@Test
	void aReaderResumesWithoutGapOrRepeat() {
		SseReader first = follow("?key=" + this.key);
		post(0, 10);
		await(first, 10);
		first.close();
		post(10, 20);
		SseReader second = follow("?key=" + this.key, "Last-Event-ID", String.valueOf(first.lastId()));
		await(second, 10);
		post(20, 30);
		assertThat(numbers(await(second, 20))).containsExactlyElementsOf(IntStream.range(10, 30).boxed().toList());
		SseReader third = follow("?key=" + this.key + "&after=" + first.events().get(4).id());
		assertThat(numbers(await(third, 25))).containsExactlyElementsOf(IntStream.range(5, 30).boxed().toList());
		// What a browser says of itself is newer than the address that it was given.
		SseReader fourth = follow("?key=" + this.key + "&after=0", "Last-Event-ID",
				String.valueOf(second.events().get(18).id()));
		assertThat(numbers(await(fourth, 1))).containsExactly(29);
	}

	@Test
	void whoIsCutOffBeforeTheFirstEventMissesNone() {
		SseReader first = follow("?key=" + this.key);
		soon().until(() -> first.lastId() != null);
		first.close();
		post(0, 3);
		SseReader second = follow("?key=" + this.key, "Last-Event-ID", String.valueOf(first.lastId()));
		assertThat(numbers(await(second, 3))).containsExactly(0, 1, 2);
	}

	@Test
	void aReaderGetsOnlyWhatItAsksFor() {
		post(0, 2);
		add("order.placed", "/shop/1", this.key + "a");
		add("order.paid", "/shop/2", this.key + "b");
		add("invoice.sent", "/shop/2", null);
		long before = this.feed.last() - 3;
		assertThat(types(follow("?type=order.*&after=" + before), 2)).containsExactly("order.placed", "order.paid");
		assertThat(types(follow("?type=order.paid&type=invoice.*&after=" + before), 2)).containsExactly("order.paid",
				"invoice.sent");
		assertThat(types(follow("?source=%2Fshop%2F2&after=" + before), 2)).containsExactly("order.paid",
				"invoice.sent");
		assertThat(types(follow("?source=%2Fshop%2F2&key=" + this.key + "b&after=" + before), 1))
			.containsExactly("order.paid");
		SseReader live = follow("?type=order.*&source=%2Fshop%2F1");
		add("order.paid", "/shop/2", null);
		add("order.paid", "/shop/1", null);
		assertThat(types(live, 1)).containsExactly("order.paid");
		assertThat(JSON.readTree(live.events().get(0).data()).path("source").asString()).isEqualTo("/shop/1");
	}

	@Test
	void aReaderStartsWhereItSays() {
		post(0, 1);
		long first = add("feed.start", "/s", this.key + "s").number();
		FeedEvent second = add("feed.start", "/s", this.key + "s");
		SseReader whole = follow("?from=start&key=" + this.key + "s");
		assertThat(await(whole, 2)).extracting(Received::number).containsExactly(first, second.number());
		String time = URLEncoder.encode(second.added().toString(), StandardCharsets.UTF_8);
		SseReader late = follow("?type=feed.start&from=" + time);
		assertThat(await(late, 1)).extracting(Received::number).contains(second.number());
		SseReader now = follow("?from=now&key=" + this.key + "s");
		long third = add("feed.start", "/s", this.key + "s").number();
		assertThat(await(now, 1)).extracting(Received::number).containsExactly(third);
	}

	@Test
	void aCallerGetsNothingOfTypesThatItMayNotRead() {
		long before = this.feed.last();
		SseReader reader = follow("?type=*&after=" + before, "X-Types", "secret.*,feed.b");
		add("feed.a", "/s", null);
		add("feed.b", "/s", null);
		add("secret.a", "/s", null);
		assertThat(types(reader, 2)).containsExactly("feed.b", "secret.a");
		SseReader none = follow("?type=feed.a&after=" + before, "X-Types", "secret.*");
		// The sign of life says that it has seen all, and got nothing.
		soon().until(() -> String.valueOf(this.feed.last()).equals(none.lastId()));
		assertThat(none.events()).isEmpty();
	}

	@Test
	void aSignOfLifeMovesTheReaderPastWhatItDoesNotWant() {
		SseReader reader = follow("?type=never");
		soon().until(() -> reader.lines().contains(": heartbeat"));
		FeedEvent event = add("feed.a", "/s", null);
		soon().until(() -> String.valueOf(event.number()).equals(reader.lastId()));
		assertThat(reader.events()).isEmpty();
	}

	@Test
	void aReaderFarBehindGetsAllThatItMissed() {
		long before = this.feed.last();
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			events.add(TestFeed.event(this.key + i, "/s", (i % 2 == 0) ? "even" : "odd", this.key,
					"{\"number\":" + i + "}"));
		}
		SseReader live = follow("?type=odd&key=" + this.key);
		add(events);
		SseReader behind = follow("?type=odd&key=" + this.key + "&after=" + before);
		List<Integer> odd = IntStream.range(0, 5000).filter((i) -> i % 2 == 1).boxed().toList();
		assertThat(numbers(await(behind, 2500))).containsExactlyElementsOf(odd);
		assertThat(numbers(await(live, 2500))).containsExactlyElementsOf(odd);
	}

	@Test
	void whatIsNotKeptAnyMoreIsAClearAnswer() {
		long first = add("feed.a", "/s", null).number();
		long second = add("feed.a", "/s", null).number();
		this.jdbc.update("delete from busbar_feed where number <= ?", first);
		JsonNode gone = HttpTester.problem(get("/feed", "Last-Event-ID", Long.toString(first - 1)), 410,
				"position-gone");
		assertThat(gone.path("oldest").asLong()).isEqualTo(second);
		assertThat(gone.path("last").asLong()).isEqualTo(second);
		assertThat(gone.path("detail").asString()).contains("1 are missed", "from=start");
		HttpTester.problem(get("/feed?after=" + (second + 1)), 410, "position-gone");
		assertThat(await(follow("?after=" + first), 1)).extracting(Received::number).containsExactly(second);
	}

	@Test
	void aMalformedRequestSaysWhatIsAllowed() {
		String many = "type=a&".repeat(101);
		assertThat(List.of("?after=x", "?after=-1", "?after=", "?after=9999999999999999999", "?from=yesterday",
				"?after=1&from=start", "?after=1&after=2", "?typ=a", "?type=", "?type=a*b*c*",
				"?key=" + "k".repeat(257), "?" + many))
			.allSatisfy((query) -> HttpTester.problem(get("/feed" + query), 400, "malformed"));
		HttpTester.problem(get("/feed", "Last-Event-ID", "12; drop"), 400, "malformed");
		HttpTester.problem(new HttpTester(this.port).post("/feed", "{}"), 405, "method-not-allowed");
		assertThat(this.live.readers()).isZero();
	}

	private HttpResponse<String> get(String path, String... headers) {
		return new HttpTester(this.port).get(path, headers);
	}

	private SseReader follow(String query, String... headers) {
		SseReader reader = SseReader.open(URI.create("http://127.0.0.1:" + this.port + "/feed" + query), headers);
		this.readers.add(reader);
		return reader;
	}

	private void post(int from, int to) {
		BusbarClient client = new BusbarClient(URI.create("http://127.0.0.1:" + this.port));
		for (int number = from; number < to; number++) {
			assertThat(client
				.post(BusbarClient.event(this.key + "-" + number, "feed.noted", this.key,
						Map.of("key", this.key, "number", number)))
				.statusCode()).isEqualTo(202);
		}
		long count = to;
		soon().until(() -> count == Objects.requireNonNull(this.jdbc
			.queryForObject("select count(*) from busbar_feed where partition_key = ?", Long.class, this.key)));
	}

	private FeedEvent add(String type, String source, @Nullable String eventKey) {
		return add(List.of(TestFeed.event(UUID.randomUUID().toString(), source, type, eventKey, "{\"number\":1}")))
			.get(0);
	}

	private List<FeedEvent> add(List<Event<byte @Nullable []>> events) {
		List<FeedEvent> added = Objects.requireNonNull(this.transaction.execute((status) -> this.feed.add(events)));
		this.feed.committed(added.get(added.size() - 1).number());
		return added;
	}

	private static List<Received> await(SseReader reader, int count) {
		soon().until(() -> reader.events().size() >= count);
		assertThat(reader.events()).hasSize(count);
		return reader.events();
	}

	private static List<String> types(SseReader reader, int count) {
		return await(reader, count).stream().map(Received::type).toList();
	}

	private static List<Integer> numbers(List<Received> events) {
		return events.stream().map((event) -> JSON.readTree(event.data()).path("data").path("number").asInt()).toList();
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
	}

}
