package dev.busbar.ingress;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.event.Event;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.ingress.IngressApplication.Waiting;
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

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "busbar.ingress.max-batch=3" })
class WebhookTests {

	@Autowired
	private Bus bus;

	@Autowired
	private Waiting waiting;

	private final HttpTester http;

	WebhookTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.waiting.full = false;
		this.bus.published.clear();
		this.bus.failure = null;
	}

	@Test
	void theTypeAloneIsEnough() {
		HttpResponse<String> response = webhook("{\"event\":\"some_event\"}");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"status\":\"success\"}");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
		Event<byte @Nullable []> event = published();
		assertThat(event.type()).isEqualTo("some_event");
		assertThat(event.source()).isEqualTo("/webhook");
		assertThat(UUID.fromString(event.id())).isNotNull();
		assertThat(event.time()).isNotNull();
		assertThat(data()).isEqualTo("{}");
		assertThat(response.headers().firstValue("Location")).hasValue("/events/" + event.id());
	}

	@Test
	void theDataIsTheRestOfTheObjectAsItCame() {
		webhook(" { \"orderId\" : \"ö\\u00fc\" , \"event\":\"order.placed\", \"amount\": 1.10 ,\n\"x\":[1, {\"y\":\"}\"}] , "
				+ "\"b\":true,\"n\":null,\"f\":-1e-3} ");
		assertThat(data()).isEqualTo("{\"orderId\" : \"ö\\u00fc\",\"amount\": 1.10,\"x\":[1, {\"y\":\"}\"}],"
				+ "\"b\":true,\"n\":null,\"f\":-1e-3}");
		assertThat(published().key()).isEqualTo("öü");
	}

	@Test
	void numbersAtTheEndOfAMemberAreWhole() {
		webhook("{\"orderId\":\"1\",\"amount\":1234567890.25,\"event\":\"order.placed\"}");
		assertThat(data()).isEqualTo("{\"orderId\":\"1\",\"amount\":1234567890.25}");
	}

	@Test
	void theDataIsTheMemberDataIfItIsAlone() {
		webhook("{\"event\":\"order.placed\",\"id\":\"w-1\",\"key\":\"k\",\"data\":{\"orderId\": \"1\"}}");
		assertThat(data()).isEqualTo("{\"orderId\": \"1\"}");
		assertThat(published().id()).isEqualTo("w-1");
		assertThat(published().key()).isEqualTo("k");
	}

	@Test
	void theMemberDataIsOneOfSeveralOtherwise() {
		webhook("{\"event\":\"some_event\",\"data\":{\"a\":1},\"more\":2}");
		assertThat(data()).isEqualTo("{\"data\":{\"a\":1},\"more\":2}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "5", "null", "{}", "{\"event\":5}", "{\"event\":\"\"}", "{\"event\":null}",
			"{\"event\":\"some_event\",\"id\":7}", "{\"event\":\"some_event\",\"id\":\"\"}",
			"{\"event\":\"some_event\",\"key\":{}}", "{\"event\":\"some_event\"} {}", "{\"event\":\"some_event\"}]",
			"{\"event\":\"some_event\",\"event\":\"order.placed\"}",
			"{\"event\":\"some_event\",\"a\":{\"b\":1,\"b\":2}}", "{\"event\":\"some_event\",}",
			"{event:\"some_event\"}", "{\"event\":\"some_event\"/**/}",
			"{\"event\":\"some_event\",\"id\":\"a\\u0000b\"}", "{\"event\":\"some_event\",\"a\":NaN}",
			"{\"event\":\"some_event\",\"a\":\"\n\"}", "\ufeff{\"event\":\"some_event\"}" })
	void whatIsNoSuchObjectIsMalformed(String body) {
		problem(webhook(body), 400, "malformed");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void utf16IsMalformed() {
		problem(this.http.post("/webhook", "{\"event\":\"some_event\"}".getBytes(StandardCharsets.UTF_16LE),
				"Content-Type", "application/json"), 400, "malformed");
	}

	@Test
	void aNestingBombIsMalformed() {
		problem(webhook("{\"event\":\"some_event\",\"a\":" + "[".repeat(200_000)), 400, "malformed");
	}

	@Test
	void nothingOfTheBodyIsQuoted() {
		JsonNode problem = problem(webhook("{\"event\":\"some_event\",\"a\":secret}"), 400, "malformed");
		assertThat(problem.path("detail").asString()).contains("line 1, column").doesNotContain("secret");
	}

	@Test
	void anUnknownTypeIsRefusedWithTheKnownOnes() {
		JsonNode problem = problem(webhook("{\"event\":\"nope\"}"), 422, "unknown-event-type");
		assertThat(problem.path("knownTypes")).hasSize(3);
		assertThat(problem.path("detail").asString()).contains("'nope'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"event\":\"order.placed\",\"data\":5}", "{\"event\":\"order.placed\",\"data\":null}",
			"{\"event\":\"order.placed\",\"orderId\":\"1\",\"amount\":\"x\"}" })
	void dataThatDoesNotFitIsRefused(String body) {
		problem(webhook(body), 422, "data-mismatch");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=b",
			"application/json; charset=latin1" })
	void anotherFormatIsRefused(String contentType) {
		HttpResponse<String> response = this.http.post("/webhook", "event=some_event", "Content-Type", contentType);
		problem(response, 415, "unknown-format");
		assertThat(response.headers().firstValue("Accept-Post")).hasValue("application/json");
	}

	@Test
	void aBodyWithoutContentTypeIsRefused() {
		problem(this.http.post("/webhook", "{\"event\":\"some_event\"}"), 415, "unknown-format");
	}

	@Test
	void whileTheBrokerIsAwayAndTheOutboxIsFullTheAnswerSaysWhenToRetry() {
		this.waiting.full = true;
		this.bus.failure = new BrokerUnavailableException("gone", null);
		HttpResponse<String> response = webhook("{\"event\":\"some_event\"}");
		problem(response, 503, "outbox-full");
		assertThat(response.headers().firstValue("Retry-After")).hasValue("2");
	}

	private HttpResponse<String> webhook(String body) {
		return this.http.post("/webhook", body, "Content-Type", "application/json");
	}

	private Event<byte @Nullable []> published() {
		return this.bus.published.get(0);
	}

	private String data() {
		return new String(published().data(), StandardCharsets.UTF_8);
	}

}
