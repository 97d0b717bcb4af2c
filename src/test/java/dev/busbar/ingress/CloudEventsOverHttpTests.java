package dev.busbar.ingress;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.event.Event;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.ingress.IngressApplication.Waiting;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "busbar.ingress.max-batch=3" })
class CloudEventsOverHttpTests {

	private static final String STRUCTURED = "application/cloudevents+json";

	private static final String BATCH = "application/cloudevents-batch+json";

	@Autowired
	private Bus bus;

	@Autowired
	private Waiting waiting;

	private HttpTester http;

	CloudEventsOverHttpTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.waiting.events.clear();
		this.waiting.full = false;
		this.bus.published.clear();
		this.bus.failure = null;
	}

	@ParameterizedTest
	@ValueSource(strings = { "busbargroup", "busbartoken" })
	void anAttributeThatIsBusbarsOwnIsRefused(String name) {
		problem(this.http.post("/events", "{\"orderId\":\"1\"}", "Content-Type", "application/json", "ce-specversion",
				"1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "order.placed", "ce-" + name, "x"), 400,
				"malformed");
		problem(this.http
			.post("/events",
					"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"order.placed\",\"" + name
							+ "\":\"x\",\"data\":{}}",
					"Content-Type", "application/cloudevents+json"),
				400, "malformed");
		assertThat(this.bus.published).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ce-spring.cloud.function.definition", "ce-spring_json_header_types",
			"ce-springBatchFormat!", "ce-spring.cloud.stream.sendto.destination", "ce-data" })
	void anAttributeNamedAsAFrameworksHeaderIsRefused(String name) {
		problem(this.http.post("/events", "{}", "Content-Type", "application/json", "ce-specversion", "1.0", "ce-id",
				"1", "ce-source", "/s", "ce-type", "order.placed", name, "x"), 400, "malformed");
	}

	@Test
	void headersOfTheFrameworksAreNoPartOfTheEvent() {
		assertThat(this.http
			.post("/events", "{}", "Content-Type", "application/json", "ce-specversion", "1.0", "ce-id", "1",
					"ce-source", "/s", "ce-type", "order.placed", "spring.cloud.function.definition", "evil",
					"spring.cloud.stream.sendto.destination", "evil", "springBatchFormat", "lengthHeader4",
					"spring_json_header_types", "evil", "content_encoding", "gzip", "scst_partition", "9")
			.statusCode()).isEqualTo(202);
		assertThat(this.bus.published).singleElement().satisfies((event) -> assertThat(event.extensions()).isEmpty());
	}

	@Test
	void aBinaryEventIsStoredByteForByte() {
		String data = "{ \"orderId\" : \"o-1\",  \"amount\":1.10, \"more\": 1e3 }";
		HttpResponse<String> response = binary("e-1", data, "Content-Type", "application/json; charset=UTF-8");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(response.headers().firstValue("Location")).hasValue("/events/e-1");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(response.body()).isEqualTo("{\"id\":\"e-1\",\"source\":\"/shop\",\"type\":\"order.placed\"}");
		Event<byte @Nullable []> event = this.bus.published.get(0);
		assertThat(new String(event.data(), StandardCharsets.UTF_8)).isEqualTo(data);
		assertThat(event.key()).as("from @EventKey").isEqualTo("o-1");
	}

	@Test
	void nonAsciiAttributesComePercentEncodedOrAsRawUtf8() throws Exception {
		binary("J%C3%BCrgen%20%E2%82%AC", "{\"orderId\":\"1\"}", "Content-Type", "application/json", "ce-subject",
				"Z%C3%BCrich");
		assertThat(this.bus.published.get(0).id()).isEqualTo("Jürgen €");
		assertThat(this.bus.published.get(0).subject()).isEqualTo("Zürich");
		String utf8 = new String("Jürgen".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
		String answer = this.http
			.raw("POST /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nce-specversion: 1.0\r\nce-id: "
					+ utf8 + "\r\nce-source: /s\r\nce-type: some_event\r\nContent-Type: application/json\r\n"
					+ "Content-Length: 2\r\n\r\n{}");
		assertThat(answer).startsWith("HTTP/1.1 202").contains("Location: /events/J%C3%BCrgen");
		assertThat(this.bus.published.get(1).id()).isEqualTo("Jürgen");
	}

	@Test
	void anExplicitPartitionKeyWins() {
		binary("e", "{\"orderId\":\"o-1\"}", "ce-partitionkey", "mine", "Content-Type", "application/json");
		assertThat(this.bus.published.get(0).key()).isEqualTo("mine");
	}

	@Test
	void aBinaryEventWithoutContentTypeIsJson() {
		assertThat(binary("e", "{\"orderId\":\"1\"}").statusCode()).isEqualTo(202);
	}

	@Test
	void aStructuredEventIsStored() {
		HttpResponse<String> response = this.http.post("/events", event("e-2", "order.placed", "{\"orderId\":\"ü\"}"),
				"Content-Type", STRUCTURED + "; charset=utf-8");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(response.headers().firstValue("Location")).hasValue("/events/e-2");
		assertThat(this.bus.published).hasSize(1);
		assertThat(this.bus.published.get(0).key()).isEqualTo("ü");
	}

	@Test
	void aBatchIsStoredInItsOrder() {
		HttpResponse<String> response = this.http.post("/events",
				"[" + event("1", "some_event", "{}") + "," + event("2", "order.accepted", "{\"orderId\":\"x\"}") + "]",
				"Content-Type", BATCH);
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(response.headers().firstValue("Location")).isEmpty();
		JsonNode answer = JsonMapper.shared().readTree(response.body());
		assertThat(answer.valueStream().map((each) -> each.path("id").asString())).containsExactly("1", "2");
		assertThat(this.bus.published).extracting(Event::id).containsExactly("1", "2");
	}

	@Test
	void anEmptyBatchStoresNothing() {
		HttpResponse<String> response = this.http.post("/events", "[]", "Content-Type", BATCH);
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(response.body()).isEqualTo("[]");
	}

	@Test
	void aBatchWithOneBadEventStoresNone() {
		JsonNode problem = problem(this.http.post("/events",
				"[" + event("1", "some_event", "{}") + ","
						+ event("2", "order.placed", "{\"orderId\":\"x\",\"amount\":\"many\"}") + "]",
				"Content-Type", BATCH), 422, "data-mismatch");
		assertThat(problem.path("index").asInt()).isEqualTo(1);
		assertThat(problem.path("detail").asString()).doesNotContain("many");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void aBatchBeyondTheLimitIsRefused() {
		String event = event("1", "some_event", "{}");
		JsonNode problem = problem(this.http.post("/events", "[" + String.join(",", event, event, event, event) + "]",
				"Content-Type", BATCH), 413, "too-large");
		assertThat(problem.path("maxEvents").asInt()).isEqualTo(3);
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void anUnknownTypeIsRefusedWithTheKnownOnes() {
		JsonNode problem = problem(this.http.post("/events", event("1", "order.plaecd\u202e" + "x".repeat(300), "{}"),
				"Content-Type", STRUCTURED), 422, "unknown-event-type");
		assertThat(problem.path("knownTypes").valueStream().map(JsonNode::asString)).containsExactly("order.placed",
				"order.accepted", "some_event");
		assertThat(problem.path("detail").asString()).contains("order.plaecd")
			.hasSizeLessThan(400)
			.doesNotContain("\u202e");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "5", "\"text\"", "null", "{\"orderId\":{}}",
			"{\"orderId\":\"1\",\"amount\":\"secret\"}" })
	void dataThatDoesNotFitIsRefusedAndNotQuoted(String data) {
		JsonNode problem = problem(
				this.http.post("/events", event("1", "order.placed", data), "Content-Type", STRUCTURED), 422,
				"data-mismatch");
		assertThat(problem.toString()).doesNotContain("secret");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void anAbsentBodyIsDataThatDoesNotFit() {
		problem(binary("e", "", "Content-Type", "application/json"), 422, "data-mismatch");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "{}", "nonsense",
			"{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\"}",
			"{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"some_event\",\"data\":{}}",
			"{\"specversion\":\"1.0\",\"id\":\"1\",\"id\":\"2\",\"source\":\"/s\",\"type\":\"some_event\",\"data\":{}}",
			"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"some_event\",\"data\":{}} {}" })
	void whatIsNoStructuredEventIsMalformed(String body) {
		problem(this.http.post("/events", body, "Content-Type", STRUCTURED), 400, "malformed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[5]", "[[]]", "[{}]", "[" })
	void whatIsNoBatchIsMalformed(String body) {
		problem(this.http.post("/events", body, "Content-Type", BATCH), 400, "malformed");
	}

	@Test
	void aBinaryEventWithoutIdIsMalformed() {
		JsonNode problem = problem(this.http.post("/events", "{}", "ce-specversion", "1.0", "ce-source", "/s",
				"ce-type", "some_event", "Content-Type", "application/json"), 400, "malformed");
		assertThat(problem.path("detail").asString()).contains("id");
	}

	@Test
	void anAttributeThatComesTwiceIsMalformed() {
		problem(this.http.post("/events", "{}", "ce-specversion", "1.0", "ce-source", "/s", "ce-type", "some_event",
				"ce-id", "1", "ce-id", "2", "Content-Type", "application/json"), 400, "malformed");
	}

	@Test
	void badPercentEncodingIsMalformed() {
		problem(binary("%zz", "{\"orderId\":\"1\"}", "Content-Type", "application/json"), 400, "malformed");
	}

	@Test
	void aLongIdIsMalformed() {
		problem(binary("i".repeat(257), "{\"orderId\":\"1\"}", "Content-Type", "application/json"), 400, "malformed");
	}

	@Test
	void aKeyThatNoAttributeCanHoldIsRefused() {
		problem(this.http.post("/events", event("1", "order.placed", "{\"orderId\":\"a\\u0000b\"}"), "Content-Type",
				STRUCTURED), 422, "data-mismatch");
	}

	@Test
	void aNestingBombIsRefused() {
		String bomb = "{\"orderId\":\"1\",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
		problem(this.http.post("/events", event("1", "order.placed", bomb), "Content-Type", STRUCTURED), 400,
				"malformed");
		problem(binary("e", bomb, "Content-Type", "application/json"), 422, "data-mismatch");
	}

	@Test
	void badUtf8IsMalformed() {
		byte[] body = event("1", "order.placed", "{\"orderId\":\"?\"}").getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < body.length; i++) {
			body[i] = (body[i] == '?') ? (byte) 0xff : body[i];
		}
		problem(this.http.post("/events", body, "Content-Type", STRUCTURED), 400, "malformed");
		problem(this.http.post("/events", new byte[] { '{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}' },
				"ce-id", "1", "ce-source", "/s", "ce-type", "some_event", "ce-specversion", "1.0"), 400, "malformed");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
					"application/cloudevents+xml", "application/cloudevents", "application/avro",
					"application/json; charset=ISO-8859-1", "application/cloudevents+json; charset=utf-16", "garbage" })
	void anotherFormatIsRefusedWithTheAllowedOnes(String contentType) {
		HttpResponse<String> response = binary("e", "{\"orderId\":\"1\"}", "Content-Type", contentType);
		JsonNode problem = problem(response, 415, "unknown-format");
		assertThat(problem.path("allowed")).isNotEmpty();
		assertThat(response.headers().firstValue("Accept-Post"))
			.hasValue(STRUCTURED + ", " + BATCH + ", application/json");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void plainJsonWithoutAttributesIsRefused() {
		problem(this.http.post("/events", "{}", "Content-Type", "application/json"), 415, "unknown-format");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "br", "identity, gzip" })
	void compressedBodiesAreRefused(String encoding) {
		problem(this.http.post("/events", event("1", "some_event", "{}"), "Content-Type", STRUCTURED,
				"Content-Encoding", encoding), 415, "unknown-format");
	}

	@Test
	void twoContentTypesAreMalformed() throws Exception {
		assertThat(this.http.raw("POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + STRUCTURED
				+ "\r\nContent-Type: " + BATCH + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"))
			.startsWith("HTTP/1.1 400")
			.contains("urn:busbar:problem:malformed");
	}

	@Test
	void whileTheBrokerIsAwayAndTheOutboxIsFullTheAnswerSaysWhenToRetry() {
		this.waiting.full = true;
		this.bus.failure = new BrokerUnavailableException("amqp://user:secret@host is gone", null);
		HttpResponse<String> response = binary("e", "{\"orderId\":\"1\"}", "Content-Type", "application/json");
		JsonNode problem = problem(response, 503, "outbox-full");
		assertThat(response.headers().firstValue("Retry-After")).hasValue("2");
		assertThat(problem.path("detail").asString()).contains("holds 7 events", "may or may not")
			.doesNotContain("secret");
	}

	@Test
	void whileBrokerAndDatabaseAreAwayTheAnswerSaysSo() {
		this.waiting.away = true;
		this.bus.failure = new BrokerUnavailableException("amqp://user:secret@host is gone", null);
		HttpResponse<String> response = binary("e", "{\"orderId\":\"1\"}", "Content-Type", "application/json");
		JsonNode problem = problem(response, 503, "broker-unavailable");
		assertThat(response.headers().firstValue("Retry-After")).hasValue("2");
		assertThat(problem.path("detail").asString()).contains("may or may not").doesNotContain("secret");
	}

	@Test
	void anEventThatTheBrokerRefusesIsAnsweredWithTheReason() {
		this.bus.failure = new EventRejectedException("no queue receives order.placed", null);
		JsonNode problem = problem(binary("e", "{\"orderId\":\"1\"}", "Content-Type", "application/json"), 502,
				"event-rejected");
		assertThat(problem.path("detail").asString()).contains("no queue receives order.placed");
	}

	@Test
	void anUnexpectedFailureTellsNothingOfTheInside() {
		this.bus.failure = new IllegalStateException("a secret of the inside");
		JsonNode problem = problem(binary("e", "{\"orderId\":\"1\"}", "Content-Type", "application/json"), 500,
				"internal");
		assertThat(problem.toString()).doesNotContain("secret", "Exception");
	}

	@Test
	void theAnswerDoesNotDependOnAccept() {
		assertThat(binary("e", "{\"orderId\":\"1\"}", "Content-Type", "application/json", "Accept", "text/plain")
			.statusCode()).isEqualTo(202);
		problem(binary("e", "[]", "Content-Type", "application/json", "Accept", "text/html"), 422, "data-mismatch");
	}

	@Test
	void idsThatDoNotFitIntoAPathGetALocationWithAParameter() {
		HttpResponse<String> response = binary("a/b", "{\"orderId\":\"1\"}", "Content-Type", "application/json");
		String location = response.headers().firstValue("Location").orElseThrow();
		assertThat(location).isEqualTo("/events?id=a%2Fb");
		assertThat(this.http.get(location).body()).contains("\"id\":\"a/b\"", "\"state\":\"stored\"");
	}

	private HttpResponse<String> binary(String id, String data, String... headers) {
		String[] all = new String[headers.length + 8];
		String[] attributes = { "ce-specversion", "1.0", "ce-id", id, "ce-source", "/shop", "ce-type", "order.placed" };
		System.arraycopy(attributes, 0, all, 0, 8);
		System.arraycopy(headers, 0, all, 8, headers.length);
		return this.http.post("/events", data, all);
	}

	private static String event(String id, String type, String data) {
		return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/shop\",\"type\":\"" + type + "\",\"data\":"
				+ data + "}";
	}

}
