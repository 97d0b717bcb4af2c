package dev.busbar.ingress;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.ingress.IngressApplication.Stores;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.inbox.InboxEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "busbar.ingress.max-batch=3" })
class EventTrailTests {

	private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

	@Autowired
	private Stores stores;

	@Autowired
	private IngressApplication.Bus bus;

	@Autowired
	private IngressApplication.Waiting waiting;

	private final HttpTester http;

	EventTrailTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void brokerIsThere() {
		this.bus.failure = null;
		this.waiting.events.clear();
	}

	@Test
	void anEventThatIsNotYetHandledIsStored() {
		this.http.post("/webhook", "{\"event\":\"some_event\",\"id\":\"trail-1\"}", "Content-Type", "application/json");
		JsonNode trail = trail("/events/trail-1");
		assertThat(trail.path("state").asString()).isEqualTo("stored");
		assertThat(trail.path("source").asString()).isEqualTo("/webhook");
		assertThat(trail.path("type").asString()).isEqualTo("some_event");
		assertThat(Instant.parse(trail.path("stored").asString())).isBefore(Instant.now().plusSeconds(1));
	}

	@Test
	void aHandledEventShowsItsGroupsAndResults() {
		this.stores.handled.add(entry("trail-2", "/s", InboxEntry.State.HANDLED, Duration.ofNanos(1_500_000)));
		this.stores.results.put(List.of("busbar", "/s", "trail-2"), List.of(result("r-1", "trail-2")));
		JsonNode trail = trail("/events/trail-2");
		assertThat(trail.path("state").asString()).isEqualTo("handled");
		assertThat(trail.path("handled").path(0).toString())
			.isEqualTo("{\"group\":\"busbar\",\"state\":\"handled\",\"attempts\":2,\"durationMillis\":1.5,"
					+ "\"time\":\"2026-01-02T03:04:05Z\"}");
		assertThat(trail.path("results").path(0).toString()).isEqualTo(
				"{\"id\":\"r-1\",\"source\":\"/busbar\",\"type\":\"order.accepted\",\"published\":\"2026-01-02T03:04:05Z\"}");
		assertThat(trail.toString()).doesNotContain("secret");
	}

	@Test
	void theCauseIsToldBeforeAndAfterTheHandling() {
		this.http.post("/events", "{}", "Content-Type", "application/json", "ce-specversion", "1.0", "ce-id", "trail-c",
				"ce-source", "/s", "ce-type", "some_event", "ce-causationid", "trail-b");
		assertThat(trail("/events/trail-c").path("cause").asString()).isEqualTo("trail-b");
		this.stores.handled.add(new InboxEntry("busbar", "/s", "trail-d", "order.placed", InboxEntry.State.HANDLED, 1,
				TIME, null, "trail-c"));
		assertThat(trail("/events/trail-d").path("cause").asString()).isEqualTo("trail-c");
		this.stores.handled.add(entry("trail-e", "/s", InboxEntry.State.HANDLED, null));
		assertThat(trail("/events/trail-e").has("cause")).isFalse();
	}

	@Test
	void aDeadLetterIsShownWithoutItsPayloadAndMessage() {
		this.stores.handled.add(entry("trail-3", "/s", InboxEntry.State.DEAD, null));
		this.stores.dead
			.add(new DeadLetter(UUID.randomUUID(), "busbar", "decideOrder", "/s", "trail-3", "order.placed", null,
					Map.of("h", "secret"), "secret".getBytes(StandardCharsets.UTF_8), "java.lang.IllegalStateException",
					"secret", 5, TIME, TIME, new DeadLetter.Origin("embedded", "order.placed", 0, 1L)));
		JsonNode trail = trail("/events/trail-3");
		assertThat(trail.path("state").asString()).isEqualTo("dead");
		assertThat(trail.path("deadLetters").path(0).path("exception").asString())
			.isEqualTo("java.lang.IllegalStateException");
		assertThat(trail.toString()).doesNotContain("secret");
	}

	@Test
	void oneOfSeveralSourcesMustBeChosen() {
		this.stores.handled.add(entry("trail-4", "/a", InboxEntry.State.HANDLED, null));
		this.stores.handled.add(entry("trail-4", "/b", InboxEntry.State.DELAYED, null));
		this.stores.results.put(List.of("busbar", "/a", "trail-4"), List.of(result("r-a", "trail-4")));
		this.stores.results.put(List.of("busbar", "/b", "trail-4"), List.of(result("r-b", "trail-4")));
		JsonNode problem = problem(this.http.get("/events/trail-4"), 409, "ambiguous-event");
		assertThat(problem.path("sources").valueStream().map(JsonNode::asString)).containsExactly("/a", "/b");
		assertThat(trail("/events/trail-4?source=/b").path("state").asString()).isEqualTo("delayed");
		for (String source : List.of("a", "b")) {
			JsonNode results = trail("/events/trail-4?source=/" + source).path("results");
			assertThat(results.valueStream().map((result) -> result.path("id").asString()))
				.containsExactly("r-" + source);
		}
		problem(this.http.get("/events/trail-4?source=/c"), 404, "unknown-event");
	}

	@Test
	void theWorstStateOfSeveralGroupsIsTheEvents() {
		this.stores.handled.add(entry("trail-5", "/s", InboxEntry.State.HANDLED, null));
		this.stores.handled
			.add(new InboxEntry("other", "/s", "trail-5", "order.placed", InboxEntry.State.DEAD, 5, TIME, null));
		assertThat(trail("/events/trail-5").path("state").asString()).isEqualTo("dead");
	}

	@Test
	void listsEndAfterAHundredEntriesAndSaySo() {
		this.stores.handled.add(entry("trail-6", "/s", InboxEntry.State.HANDLED, null));
		for (int i = 0; i < 100; i++) {
			this.stores.dead.add(letter("busbar", "decideOrder", "/s", "trail-6", 1L));
		}
		assertThat(trail("/events/trail-6").has("more")).isFalse();
		this.stores.dead.add(letter("busbar", "decideOrder", "/s", "trail-6", 1L));
		JsonNode trail = trail("/events/trail-6");
		assertThat(trail.path("deadLetters")).hasSize(100);
		assertThat(trail.path("more").asBoolean()).isTrue();
	}

	@Test
	void aResultThatTheBrokerRefusedIsADeadLetterAndNotPublished() {
		this.stores.handled.add(entry("trail-7", "/s", InboxEntry.State.HANDLED, null));
		this.stores.results.put(List.of("busbar", "/s", "trail-7"), List.of(result("refused", "trail-7"),
				result("failed-later", "trail-7"), result("of-another-group", "trail-7")));
		DeadLetter refused = letter("busbar", null, "/busbar", "refused", null);
		this.stores.dead.addAll(List.of(refused, letter("busbar", "decideOrder", "/busbar", "failed-later", 1L),
				letter("another", null, "/busbar", "of-another-group", null)));
		JsonNode results = trail("/events/trail-7").path("results");
		assertThat(results.path(0).path("published").isNull()).isTrue();
		assertThat(results.path(0).path("deadLetter").path("id").asString()).isEqualTo(refused.id().toString());
		for (int published : new int[] { 1, 2 }) {
			assertThat(results.path(published).path("published").asString()).isEqualTo(TIME.toString());
			assertThat(results.path(published).has("deadLetter")).isFalse();
		}
	}

	@Test
	void anUnknownEventMayStillBeWithTheBroker() {
		JsonNode problem = problem(this.http.get("/events/nowhere", "Accept", "text/html"), 404, "unknown-event");
		assertThat(problem.path("detail").asString()).contains("broker may still hold");
	}

	@Test
	void theRegistryShowsTypesWithTheirSchemas() {
		JsonNode registry = JsonMapper.shared().readTree(this.http.get("/handlers").body());
		assertThat(registry.path("group").asString()).isEqualTo("busbar");
		JsonNode type = registry.path("types").path(0);
		assertThat(type.path("name").asString()).isEqualTo("order.placed");
		assertThat(type.path("stream").asString()).isEqualTo("order.placed");
		assertThat(type.path("handler").asString()).isEqualTo("decideOrder");
		assertThat(type.path("producers").toString()).isEqualTo("[\"openMarket\"]");
		assertThat(type.path("results").toString()).isEqualTo("[\"order.accepted\"]");
		assertThat(type.path("schema").path("$schema").asString())
			.isEqualTo("https://json-schema.org/draft/2020-12/schema");
		assertThat(type.path("schema").path("properties").path("orderId").path("type").asString()).isEqualTo("string");
		assertThat(type.path("schema").path("properties").path("amount").path("type").asString()).isEqualTo("number");
		assertThat(registry.path("types").path(1).path("producers").toString()).isEqualTo("[\"decideOrder\"]");
	}

	private JsonNode trail(String path) {
		return JsonMapper.shared().readTree(this.http.get(path).body());
	}

	private static OutboxEntry result(String id, String cause) {
		return new OutboxEntry(1, new Event<>(id, "/busbar", "order.accepted", null, null, null, null, cause, null,
				null, Map.of(), "{\"a\":\"secret\"}".getBytes(StandardCharsets.UTF_8)), TIME);
	}

	private static DeadLetter letter(String group, @Nullable String handler, String source, String id,
			@Nullable Long position) {
		return new DeadLetter(UUID.randomUUID(), group, handler, source, id, "order.placed", null, Map.of(),
				new byte[0], "java.lang.IllegalStateException", "secret", 1, TIME, TIME,
				new DeadLetter.Origin("embedded", "order.placed", null, position));
	}

	private static InboxEntry entry(String id, String source, InboxEntry.State state, @Nullable Duration duration) {
		return new InboxEntry("busbar", source, id, "order.placed", state, 2, TIME, duration);
	}

}
