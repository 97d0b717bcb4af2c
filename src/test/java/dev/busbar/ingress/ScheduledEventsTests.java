package dev.busbar.ingress;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.event.Event;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.ingress.IngressApplication.Waiting;
import dev.busbar.outbox.schedule.WaitingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "busbar.ingress.max-batch=3" })
class ScheduledEventsTests {

	private static final String STRUCTURED = "application/cloudevents+json";

	@Autowired
	private Bus bus;

	@Autowired
	private Waiting waiting;

	private final HttpTester http;

	ScheduledEventsTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.bus.published.clear();
		this.bus.failure = null;
		this.waiting.events.clear();
		this.waiting.full = false;
	}

	@Test
	void whileTheBrokerIsAwayAnEventIsStoredAndTheAnswerIsTheSame() {
		this.bus.failure = new BrokerUnavailableException("gone", null);
		HttpResponse<String> response = post("stored-1", "/shop", null);
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(this.waiting.events).singleElement().extracting(WaitingEvent::due).isNull();
		assertThat(json(this.http.get("/events/stored-1")).path("state").asString()).isEqualTo("stored");
		assertThat(this.http
			.post("/webhook", "{\"event\":\"some_event\",\"id\":\"stored-2\"}", "Content-Type", "application/json")
			.body()).isEqualTo("{\"status\":\"success\"}");
		assertThat(this.waiting.events).hasSize(2);
	}

	@Test
	void anEventWithADelayIsScheduledWithoutTheAttribute() {
		assertThat(post("later-1", "/shop", "PT10M").statusCode()).isEqualTo(202);
		assertThat(this.bus.published).isEmpty();
		assertThat(this.waiting.events).singleElement()
			.extracting(WaitingEvent::due)
			.satisfies((due) -> assertThat(due).isCloseTo(Instant.now().plus(Duration.ofMinutes(10)),
					within(Duration.ofMinutes(1))));
		JsonNode trail = json(this.http.get("/events/later-1"));
		assertThat(trail.path("state").asString()).isEqualTo("scheduled");
		assertThat(trail.path("due").asString()).isNotEmpty();
	}

	@Test
	void aDelayComesInAHeaderOrInAWebhooksBodyToo() {
		assertThat(this.http
			.post("/events", "{}", "Content-Type", "application/json", "ce-specversion", "1.0", "ce-id", "h",
					"ce-source", "/s", "ce-type", "some_event", "ce-busbardelay", "PT1H")
			.statusCode()).isEqualTo(202);
		assertThat(this.http
			.post("/webhook", "{\"event\":\"some_event\",\"id\":\"w\",\"busbardelay\":\"P2D\"}", "Content-Type",
					"application/json")
			.statusCode()).isEqualTo(200);
		assertThat(this.waiting.events).extracting(WaitingEvent::id).containsExactly("h", "w");
	}

	@Test
	void onlyTheDelayedEventsOfABatchWait() {
		String batch = "[" + event("now", "/s", null) + "," + event("later", "/s", "PT1M") + "]";
		assertThat(this.http.post("/events", batch, "Content-Type", "application/cloudevents-batch+json").statusCode())
			.isEqualTo(202);
		assertThat(this.bus.published).extracting(Event::id).containsExactly("now");
		assertThat(this.waiting.events).extracting(WaitingEvent::id).containsExactly("later");
	}

	@ParameterizedTest
	@ValueSource(strings = { "10 minutes", "PT0S", "-PT1M", "P366D", "P1Y", "PT1H\\u0007", "" })
	void aDelayThatIsNoneIsRefusedAndNothingIsStored(String delay) {
		HttpResponse<String> response = post("bad", "/s", delay);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(this.bus.published).isEmpty();
		assertThat(this.waiting.events).isEmpty();
	}

	@Test
	void aFullOutboxTakesNoDelayedEvent() {
		this.waiting.full = true;
		HttpResponse<String> response = post("bad", "/s", "PT1M");
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(response.headers().firstValue("Retry-After")).isPresent();
	}

	@Test
	void theScheduleIsListedInParts() {
		for (int i = 0; i < 3; i++) {
			post("e" + i, "/s", "PT1M");
		}
		JsonNode first = json(this.http.get("/scheduled?limit=2&type=some_event"));
		assertThat(first.path("events").valueStream().map((each) -> each.path("id").asString())).containsExactly("e0",
				"e1");
		JsonNode second = json(this.http.get("/scheduled?limit=2&after=" + first.path("next").asLong()));
		assertThat(second.path("events").valueStream().map((each) -> each.path("id").asString())).containsExactly("e2");
		assertThat(second.path("next").isNull()).isTrue();
		assertThat(json(this.http.get("/scheduled?type=order.placed")).path("events")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit=abc", "limit=0", "limit=1001", "after=x", "after=-1", "typ=some_event",
			"limit=1&limit=2" })
	void whatIsNoQueryOfTheScheduleIsRefusedByItsName(String query) {
		JsonNode problem = HttpTester.problem(this.http.get("/scheduled?" + query), 400, "malformed");
		assertThat(problem.path("detail").asString()).contains("'" + query.substring(0, query.indexOf('=')) + "'");
	}

	@Test
	void aMisspeltSourceTakesNothingBack() {
		post("kept", "/one", "PT1M");
		HttpTester.problem(delete("/scheduled/kept?sorce=/two"), 400, "malformed");
		HttpTester.problem(delete("/scheduled?id=kept&sorce=/two"), 400, "malformed");
		HttpTester.problem(delete("/scheduled?source=/one"), 400, "malformed");
		assertThat(this.waiting.events).hasSize(1);
	}

	@Test
	void anEventThatWasTakenBackIsNoLongerStored() {
		post("back-1", "/one", "PT10M");
		assertThat(delete("/scheduled/back-1").statusCode()).isEqualTo(204);
		HttpTester.problem(this.http.get("/events/back-1?source=/one"), 404, "unknown-event");
		HttpTester.problem(this.http.get("/events/back-1"), 404, "unknown-event");
		post("back-2", "/one", "PT10M");
		this.waiting.events.clear();
		HttpTester.problem(this.http.get("/events/back-2?source=/one"), 404, "unknown-event");
	}

	@Test
	void aScheduledEventIsTakenBackOnce() {
		post("a/b", "/one", "PT1M");
		assertThat(delete("/scheduled?id=a%2Fb").statusCode()).isEqualTo(204);
		assertThat(delete("/scheduled?id=a%2Fb").statusCode()).isEqualTo(404);
		post("c", "/one", "PT1M");
		assertThat(delete("/scheduled/c").statusCode()).isEqualTo(204);
		assertThat(this.waiting.events).isEmpty();
	}

	@Test
	void oneOfSeveralSourcesMustBeChosen() {
		post("same", "/one", "PT1M");
		post("same", "/two", "PT1M");
		HttpResponse<String> response = delete("/scheduled/same");
		assertThat(response.statusCode()).isEqualTo(409);
		assertThat(json(response).path("sources").valueStream().map(JsonNode::asString)).containsExactly("/one",
				"/two");
		assertThat(delete("/scheduled/same?source=/two").statusCode()).isEqualTo(204);
		assertThat(this.waiting.events).extracting(WaitingEvent::source).containsExactly("/one");
	}

	private HttpResponse<String> post(String id, String source, @Nullable String delay) {
		return this.http.post("/events", event(id, source, delay), "Content-Type", STRUCTURED);
	}

	private HttpResponse<String> delete(String path) {
		return this.http.send("DELETE", path, new byte[0]);
	}

	private static String event(String id, String source, @Nullable String delay) {
		return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"%s\",\"type\":\"some_event\",%s\"data\":{}}"
			.formatted(id, source, (delay != null) ? "\"busbardelay\":\"" + delay + "\"," : "");
	}

	private static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

}
