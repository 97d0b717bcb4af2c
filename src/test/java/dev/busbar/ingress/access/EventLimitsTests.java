package dev.busbar.ingress.access;

import java.net.http.HttpResponse;
import java.time.Instant;

import dev.busbar.ingress.IngressApplication.Stores;
import dev.busbar.ingress.IngressApplication.Waiting;
import dev.busbar.outbox.schedule.WaitingEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A key that may publish and read {@code order.*} of {@code /shop} alone.
 */
class EventLimitsTests extends GuardedServer {

	private static final String STRUCTURED = "application/cloudevents+json";

	@Autowired
	private Waiting waiting;

	@Autowired
	private Stores stores;

	@AfterEach
	void clear() {
		this.waiting.events.clear();
		this.stores.handled.clear();
	}

	@Test
	void eventsOfAllowedTypesAndSourcesAreStored() {
		assertThat(post(event("order.placed", "/shop")).statusCode()).isEqualTo(202);
		assertThat(post(event("order.accepted", "/shop/1")).statusCode()).isEqualTo(202);
		assertThat(this.bus.published).hasSize(2);
	}

	@Test
	void anotherTypeIsRefusedByItsName() {
		JsonNode problem = problem(post(event("some_event", "/shop")), 403, "event-not-allowed");
		assertThat(problem.path("detail").asString()).contains("'some_event'");
		assertThat(problem.path("allowedTypes").toString()).isEqualTo("[\"order.*\"]");
		problem(post(event("orderless", "/shop")), 403, "event-not-allowed");
		problem(post(event("ORDER.placed", "/shop")), 403, "event-not-allowed");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void anotherSourceIsRefusedByItsName() {
		JsonNode problem = problem(post(event("order.placed", "/shopping")), 403, "event-not-allowed");
		assertThat(problem.path("detail").asString()).contains("'/shopping'");
		assertThat(problem.path("allowedSources").toString()).isEqualTo("[\"/shop\",\"/shop/*\"]");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void theBinaryFormIsLookedAtAsItIsDecoded() {
		HttpResponse<String> response = this.http.post("/events", "{\"orderId\":\"1\"}",
				with("shop", "Content-Type", "application/json", "ce-specversion", "1.0", "ce-id", "1", "ce-source",
						"/shop", "ce-type", "%73ome_event"));
		assertThat(problem(response, 403, "event-not-allowed").path("detail").asString()).contains("'some_event'");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void aWebhookHasTheConfiguredSource() {
		JsonNode problem = problem(webhook("order.placed", with("shop")), 403, "event-not-allowed");
		assertThat(problem.path("detail").asString()).contains("'/webhook'");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void anOpenSourceOfWebhooksIsNoWayAroundTheLimits() {
		HttpResponse<String> response = this.http.post("/webhooks/dev", "{\"type\":\"some_event\"}",
				with("shop", "Content-Type", "application/json"));
		assertThat(problem(response, 403, "event-not-allowed").path("detail").asString()).contains("'some_event'");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void aBatchIsStoredWholeOrNotAtAll() {
		String good = event("order.placed", "/shop");
		HttpResponse<String> response = this.http.post("/events",
				"[" + good + "," + event("some_event", "/shop").replace("\"1\"", "\"2\"") + "]",
				with("shop", "Content-Type", "application/cloudevents-batch+json"));
		assertThat(problem(response, 403, "event-not-allowed").path("index").asInt()).isEqualTo(1);
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void whatMayNotBeReadIsUnknown() {
		assertThat(this.http.post("/events", event("order.placed", "/shop"), with("master", "Content-Type", STRUCTURED))
			.statusCode()).isEqualTo(202);
		assertThat(this.http.get("/events/1?source=/shop", with("shop")).statusCode()).isEqualTo(200);
		this.http.post("/events", event("order.placed", "/other").replace("\"1\"", "\"o-7\""),
				with("master", "Content-Type", STRUCTURED));
		this.http.post("/events", event("some_event", "/shop").replace("\"id\":\"1\"", "\"id\":\"s-7\""),
				with("master", "Content-Type", STRUCTURED));
		for (String path : new String[] { "/events/o-7", "/events/o-7?source=/other", "/events/s-7",
				"/events?id=s-7&source=/shop" }) {
			problem(this.http.get(path, with("shop")), 404, "unknown-event");
			assertThat(this.http.get(path, with("reader")).statusCode()).as(path).isEqualTo(200);
		}
	}

	@Test
	void theScheduleShowsWhatMayBeRead() {
		Instant now = Instant.now();
		this.waiting.events.add(new WaitingEvent(1, "a", "/shop", "order.placed", now, now.plusSeconds(60)));
		this.waiting.events.add(new WaitingEvent(2, "b", "/other", "order.placed", now, now.plusSeconds(60)));
		this.waiting.events.add(new WaitingEvent(3, "c", "/shop", "some_event", now, now.plusSeconds(60)));
		assertThat(this.http.get("/scheduled", with("shop")).body()).contains("\"a\"").doesNotContain("\"b\"", "\"c\"");
		assertThat(this.http.get("/scheduled", with("reader")).body()).contains("\"a\"", "\"b\"", "\"c\"");
	}

	@Test
	void theFeedCanReadTheLimitsFromSpringSecurityAloneAndAnswerLater() {
		assertThat(this.http.get("/feed/who", with("shop")).body())
			.isEqualTo("shop [SCOPE_publish, SCOPE_read, SOURCE_/shop, SOURCE_/shop/*, TYPE_order.*]");
		assertThat(this.http.get("/feed/who", with("reader")).body()).isEqualTo("reader [SCOPE_read]");
	}

	private HttpResponse<String> post(String event) {
		return this.http.post("/events", event, with("shop", "Content-Type", STRUCTURED));
	}

}
