package dev.busbar.ingress.webhook;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.event.Event;
import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.ingress.IngressApplication.Stores;
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

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Webhooks over HTTP, to a server that asks everyone else for an API key.
 */
@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "server.tomcat.max-swallow-size=0",
				// Of the key "correct horse".
				"busbar.access.keys.shop={sha256}4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",
				"busbar.sources.std.scheme=standard-webhooks",
				"busbar.sources.std.secrets[0]=whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
				"busbar.sources.std.secrets[1]=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
				"busbar.sources.github.scheme=github", "busbar.sources.github.secrets[0]=hush",
				"busbar.sources.github.types=github.push,github.known",
				"busbar.sources.github.unhandled-types=dead-letter", "busbar.sources.stripe.scheme=stripe",
				"busbar.sources.stripe.secrets[0]=whsec_stripe", "busbar.sources.stripe.type=order.placed",
				"busbar.sources.stripe.key={/orderId}", "busbar.sources.shopify.scheme=shopify",
				"busbar.sources.shopify.secrets[0]=hush", "busbar.sources.shopify.type={header:X-Shopify-Topic}",
				"busbar.sources.shopify.source=/shop", "busbar.sources.shopify.unhandled-types=accept-and-drop",
				"busbar.sources.slack.scheme=slack", "busbar.sources.slack.secrets[0]=hush",
				"busbar.sources.slack.type={/event/type}", "busbar.sources.x.scheme=hmac",
				"busbar.sources.x.hmac.header=x-twitter-webhooks-signature", "busbar.sources.x.hmac.encoding=base64",
				"busbar.sources.x.hmac.prefix=sha256=", "busbar.sources.x.secrets[0]=hush",
				"busbar.sources.x.handshake.twitter=true", "busbar.sources.basic.scheme=basic",
				"busbar.sources.basic.secrets[0]=shop:hush", "busbar.sources.basic.types=some_event",
				"busbar.sources.graph.scheme=api-key", "busbar.sources.graph.credential={/value/0/clientState}",
				"busbar.sources.graph.secrets[0]=höch", "busbar.sources.graph.type=some_event",
				"busbar.sources.graph.handshake.microsoft=true", "busbar.sources.grid.scheme=api-key",
				"busbar.sources.grid.secrets[0]=hush", "busbar.sources.grid.format=cloudevents",
				"busbar.sources.grid.handshake.origins=eventgrid.azure.net", "busbar.sources.grid.handshake.rate=120",
				"busbar.sources.any.scheme=api-key", "busbar.sources.any.secrets[0]=hush",
				"busbar.sources.any.handshake.origins=*", "busbar.sources.local.scheme=open" })
class WebhookSourceTests {

	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final String ORDER = "{\"type\": \"order.placed\", \"orderId\":\"ö-1\"}";

	private static final String SUCCESS = "{\"status\":\"success\"}";

	@Autowired
	private Bus bus;

	@Autowired
	private Waiting waiting;

	@Autowired
	private Stores stores;

	private final HttpTester http;

	WebhookSourceTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.waiting.full = false;
		this.bus.published.clear();
		this.bus.failure = null;
		this.stores.dead.clear();
	}

	@Test
	void aStandardWebhookIsPublishedAsItCame() {
		HttpResponse<String> response = this.http.post("/webhooks/std", ORDER,
				Signer.standard(SECRET, "msg_1", now(), ORDER));
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(SUCCESS);
		Event<byte @Nullable []> event = published();
		assertThat(event.id()).isEqualTo("msg_1");
		assertThat(event.source()).isEqualTo("/webhooks/std");
		assertThat(event.type()).isEqualTo("order.placed");
		assertThat(event.key()).as("as the class declares it").isEqualTo("ö-1");
		assertThat(event.time()).isNotNull();
		assertThat(event.data()).isEqualTo(ORDER.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void theSameDeliveryTwiceHasTheSameIdentity() {
		for (int attempt = 0; attempt < 2; attempt++) {
			this.http.post("/webhooks/std", ORDER, Signer.standard(SECRET, "msg_1", now() - attempt, ORDER));
			this.http.post("/webhooks/basic", "{\"type\":\"some_event\"}", basic("shop:hush"));
		}
		assertThat(this.bus.published).hasSize(4);
		assertThat(this.bus.published.stream().map((event) -> event.source() + " " + event.id()).distinct()).hasSize(2);
	}

	@Test
	void whateverIsWrongTheAnswerIsTheSameAndNothingIsWritten() {
		String[] right = Signer.standard(SECRET, "msg_1", now(), ORDER);
		List<String[]> wrong = new ArrayList<>(List.of(new String[] { "Content-Type", "application/json" },
				Signer.standard("whsec_" + "B".repeat(32), "msg_1", now(), ORDER),
				Signer.standard(SECRET, "msg_1", now() - 400, ORDER),
				Signer.standard(SECRET, "msg_1", now() + 400, ORDER), with(right, 3, "msg_2"),
				with(right, 5, "" + (now() - 1)), with(right, 7, right[7].substring(0, 20)),
				with(right, 7, right[7].replace("v1,", "v1a,")), with(right, 7, ("v1,AAAA ").repeat(700) + right[7]),
				Stream.concat(Arrays.stream(right), Stream.of("webhook-id", "msg_2")).toArray(String[]::new)));
		HttpResponse<String> first = this.http.post("/webhooks/std", ORDER, wrong.get(0));
		JsonNode problem = problem(first, 401, "unverified-webhook");
		assertThat(problem.path("detail").asString()).contains("Nothing was stored");
		for (String[] headers : wrong) {
			assertSame(first, this.http.post("/webhooks/std", ORDER, headers));
		}
		assertSame(first, this.http.post("/webhooks/std", ORDER + " ", right));
		assertSame(first, this.http.post("/webhooks/nobody", ORDER, right));
		assertSame(first, this.http.post("/webhooks/STD", ORDER, right));
		assertSame(first, this.http.post("/webhooks/github", ORDER, right));
		assertSame(first, this.http.post("/webhooks/basic", ORDER, basic("shop:wrong")));
		assertSame(first, this.http.post("/webhooks/graph", ORDER, json()));
		assertSame(first, this.http.post("/webhooks/graph", "no json", json()));
		assertSame(first, this.http.post("/webhooks/std", ORDER, "Content-Type", "application/json", "X-API-Key",
				"correct horse"));
		assertThat(this.bus.published).isEmpty();
		assertThat(this.stores.dead).isEmpty();
		assertThat(this.waiting.events).isEmpty();
	}

	@Test
	void aKeyOfTheServerIsNotAskedForAndAnOpenSourceStaysBehindIt() throws Exception {
		assertThat(this.http.post("/webhooks/basic", "{\"type\":\"some_event\"}", basic("shop:hush")).statusCode())
			.isEqualTo(200);
		String some = "{\"type\":\"some_event\"}";
		problem(this.http.post("/webhooks/local", some, json()), 401, "unauthorized");
		assertThat(this.http
			.post("/webhooks/local", some, "Content-Type", "application/json", "X-API-Key", "correct horse")
			.statusCode()).isEqualTo(200);
		problem(this.http.post("/webhooks/local", some, "Content-Type", "application/json", "X-API-Key",
				"correct horse", "X-Forwarded-For", "127.0.0.1"), 401, "unverified-webhook");
		for (String path : List.of("/webhooks", "/webhooks/", "/webhooks/std/x", "/webhooks/std/", "/webhooks/std;x",
				"/webhooks/%73td", "/webhooks//std", "/webhooks/std/../../handlers", "/webhooksx", "/webhook")) {
			assertThat(this.http.raw("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
					+ "Connection: close\r\n\r\n"))
				.as(path)
				.contains("401")
				.contains(":unauthorized");
		}
	}

	@Test
	void aProvidersCallIsTakenUnderAnyNameAndFromAnyOrigin() throws Exception {
		String some = "{\"type\":\"some_event\"}";
		String answer = this.http.raw("POST /webhooks/basic HTTP/1.1\r\nHost: hooks.example\r\n"
				+ "Origin: https://provider.example\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n"
				+ "Content-Type: application/json; charset=utf-8\r\nAuthorization: " + basic("shop:hush")[3]
				+ "\r\nContent-Length: " + some.length() + "\r\n\r\n" + some);
		assertThat(answer).startsWith("HTTP/1.1 200").contains(SUCCESS);
	}

	@Test
	void githubTellsTypeAndIdInHeadersAndAnUnknownTypeIsADeadLetter() {
		String body = "{\"action\":\"opened\"}";
		String[] headers = github("push", "d-1", "{}");
		assertThat(this.http.post("/webhooks/github", "{}", headers).body()).isEqualTo("{\"status\":\"dead-letter\"}");
		assertThat(this.bus.published).isEmpty();
		assertThat(this.stores.dead).singleElement().satisfies((letter) -> {
			assertThat(letter.type()).isEqualTo("github.push");
			assertThat(letter.eventId()).isEqualTo("d-1");
			assertThat(letter.source()).isEqualTo("/webhooks/github");
			assertThat(letter.payload()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
			assertThat(letter.cause()).contains("'github.push' is unknown");
			assertThat(letter.headers()).containsEntry("ce_type", "github.push");
			assertThat(letter.headers().toString()).doesNotContain("sha256=");
		});
		assertThat(this.http.post("/webhooks/github", body, github("issues", "d-2", body)).body())
			.as("not in the list of types")
			.isEqualTo("{\"status\":\"dropped\"}");
		assertThat(this.stores.dead).hasSize(1);
	}

	@Test
	void stripeTellsItsIdInTheBodyAndAKeyMayBeChosen() {
		String body = "{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"orderId\":\"o\"}";
		long now = now();
		assertThat(this.http
			.post("/webhooks/stripe", body, "Content-Type", "application/json", "Stripe-Signature",
					"t=" + now + ",v1=" + Signer.hex("whsec_stripe", now + "." + body))
			.body()).isEqualTo(SUCCESS);
		assertThat(published().id()).isEqualTo("evt_1");
		assertThat(published().type()).as("fixed").isEqualTo("order.placed");
		assertThat(published().key()).isEqualTo("o");
	}

	@ParameterizedTest
	@CsvSource({ "some_event, success, 1", "orders/create, dropped, 0" })
	void shopifyTellsItsTopicInAHeader(String topic, String status, int published) {
		assertThat(this.http
			.post("/webhooks/shopify", "{}", "Content-Type", "application/json", "X-Shopify-Topic", topic,
					"X-Shopify-Webhook-Id", "w-1", "X-Shopify-Hmac-Sha256", Signer.base64("hush", "{}"))
			.body()).isEqualTo("{\"status\":\"" + status + "\"}");
		assertThat(this.bus.published).hasSize(published).allMatch((event) -> event.source().equals("/shop"));
		assertThat(this.stores.dead).isEmpty();
	}

	@Test
	void aTypeThatIsNotKnownIsRefusedWithTheKnownOnes() {
		String body = "{\"type\":\"nope\"}";
		JsonNode problem = problem(this.http.post("/webhooks/std", body, Signer.standard(SECRET, "m", now(), body)),
				422, "unknown-event-type");
		assertThat(problem.path("knownTypes")).isNotEmpty();
	}

	@Test
	void aTypeThatIsNotInTheListIsRefused() {
		problem(this.http.post("/webhooks/basic", ORDER, basic("shop:hush")), 422, "unknown-event-type");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void whatCannotBeAnEventIsRefused() {
		for (String body : List.of("", "[]", "5", "{", "{\"type\":\"some_event\"} {}", "{}", "{\"type\":5.0}x",
				"{\"type\":\"some_event\",\"type\":\"some_event\"}", "{\"type\":\"" + "a".repeat(300) + "\"}",
				"{\"type\":\"some_event\",\"a\":" + "[".repeat(5000))) {
			problem(this.http.post("/webhooks/std", body, Signer.standard(SECRET, "m", now(), body)), 400, "malformed");
		}
		String amount = "{\"type\":\"order.placed\",\"amount\":\"x\"}";
		problem(this.http.post("/webhooks/std", amount, Signer.standard(SECRET, "m", now(), amount)), 422,
				"data-mismatch");
		String some = "{\"type\":\"some_event\"}";
		problem(this.http.post("/webhooks/std", some, Signer.standard(SECRET, "i".repeat(257), now(), some)), 400,
				"malformed");
		String slack = "{\"event\":{\"type\":\"some_event\"}}";
		assertThat(problem(this.http.post("/webhooks/slack", slack, slack(slack)), 400, "malformed").path("detail")
			.asString()).contains("no id", "busbar.sources.slack.id");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void formAndEncodingAreThoseOfTheOtherAddresses() {
		for (String[] headers : new String[][] { { "Content-Type", "application/x-www-form-urlencoded" },
				{ "Content-Type", "multipart/form-data; boundary=b" }, { "Content-Type", "text/plain" }, {},
				{ "Content-Type", "application/json", "Content-Encoding", "gzip" },
				{ "Content-Type", "application/json; charset=latin1" } }) {
			HttpResponse<String> answer = this.http.post("/webhooks/github", "payload=%7B%7D", headers);
			problem(answer, 415, "unknown-format");
			assertThat(answer.headers().firstValue("Accept-Post")).hasValue("application/json");
		}
		problem(this.http.post("/webhooks/nobody", " ".repeat(1024 * 1024 + 1), json()), 413, "too-large");
		problem(this.http.post("/webhooks/std", new byte[] { '{', '"', (byte) 0xff, '"', '}' }, json()), 400,
				"malformed");
	}

	@Test
	void whileTheBrokerIsAwayItIsStoredOrTheSenderIsToldWhenToRetry() {
		this.bus.failure = new BrokerUnavailableException("gone", null);
		int stored = this.waiting.events.size();
		assertThat(this.http.post("/webhooks/basic", "{\"type\":\"some_event\"}", basic("shop:hush")).statusCode())
			.isEqualTo(200);
		assertThat(this.waiting.events).hasSize(stored + 1);
		this.waiting.events.clear();
		this.waiting.full = true;
		HttpResponse<String> answer = this.http.post("/webhooks/basic", "{\"type\":\"some_event\"}",
				basic("shop:hush"));
		problem(answer, 503, "broker-unavailable");
		assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
	}

	@Test
	void slacksChallengeIsAnsweredOnceItIsSigned() {
		String body = "{\"token\":\"t\",\"challenge\":\"3eZbrw1aB\",\"type\":\"url_verification\"}";
		HttpResponse<String> answer = this.http.post("/webhooks/slack", body, slack(body));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("{\"challenge\":\"3eZbrw1aB\"}");
		problem(this.http.post("/webhooks/slack", body, json()), 401, "unverified-webhook");
		String script = body.replace("3eZbrw1aB", "<script>");
		problem(this.http.post("/webhooks/slack", script, slack(script)), 400, "malformed");
		String event = "{\"type\":\"event_callback\",\"event_id\":\"Ev1\",\"event\":{\"type\":\"some_event\"}}";
		assertThat(this.http.post("/webhooks/slack", event, slack(event)).body()).isEqualTo(SUCCESS);
		assertThat(published().id()).isEqualTo("Ev1");
	}

	@Test
	void microsoftsValidationTokenIsEchoedAsPlainText() {
		HttpResponse<String> answer = this.http.post("/webhooks/graph?validationToken=Validation%3A+a%20b", "",
				"Content-Type", "text/plain; charset=utf-8");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("Validation: a b");
		assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
		assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		for (String token : List.of("%3Cscript%3E", "a%0Ab", "%C3%B6", "", "a".repeat(2049))) {
			problem(this.http.post("/webhooks/graph?validationToken=" + token, ""), 400, "malformed");
		}
		for (String source : List.of("std", "nobody", "basic")) {
			problem(this.http.post("/webhooks/" + source + "?validationToken=a", ""), 401, "unverified-webhook");
		}
		problem(this.http.post("/webhooks/graph", "", "Content-Type", "text/plain"), 401, "unverified-webhook");
		String body = "{\"value\":[{\"clientState\":\"höch\"}]}";
		assertThat(this.http.post("/webhooks/graph?validationToken=a", body, json()).body()).isEqualTo(SUCCESS);
		problem(this.http.post("/webhooks/graph", body.replace("höch", "hoch"), json()), 401, "unverified-webhook");
	}

	@Test
	void theChallengeOfXIsSignedAndIsNoWayToSignAWebhook() {
		HttpResponse<String> answer = this.http.get("/webhooks/x?crc_token=MDZkZTM1NzQtYjJmNi00");
		assertThat(answer.body())
			.isEqualTo("{\"response_token\":\"sha256=" + Signer.base64("hush", "MDZkZTM1NzQtYjJmNi00") + "\"}");
		for (String token : List.of("%7B%22type%22%3A%22some_event%22%7D", "%7B%7D", "+%7B%7D", "", "%0A%7B%7D",
				"a".repeat(257))) {
			problem(this.http.get("/webhooks/x?crc_token=" + token), 400, "malformed");
		}
		problem(this.http.get("/webhooks/x"), 405, "method-not-allowed");
		assertSame(this.http.get("/webhooks/std?crc_token=a"), this.http.get("/webhooks/nobody?crc_token=a"));
		HttpResponse<String> other = this.http.get("/webhooks/std?crc_token=a");
		problem(other, 405, "method-not-allowed");
		assertThat(other.headers().firstValue("Allow")).hasValue("POST, OPTIONS");
		String body = "{\"type\":\"some_event\"}";
		assertThat(this.http
			.post("/webhooks/x", body, "Content-Type", "application/json", "x-twitter-webhooks-signature",
					"sha256=" + Signer.base64("hush", body))
			.body()).isEqualTo(SUCCESS);
	}

	@Test
	void aSenderOfCloudEventsIsToldWhetherItMayDeliver() {
		HttpResponse<String> answer = options("grid", "EventGrid.azure.net");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Allow")).hasValue("POST, OPTIONS");
		assertThat(answer.headers().firstValue("WebHook-Allowed-Origin")).hasValue("eventgrid.azure.net");
		assertThat(answer.headers().firstValue("WebHook-Allowed-Rate")).hasValue("120");
		HttpResponse<String> any = options("any", "anyone.example");
		assertThat(any.headers().firstValue("WebHook-Allowed-Origin")).hasValue("*");
		assertThat(any.headers().firstValue("WebHook-Allowed-Rate")).hasValue("*");
		HttpResponse<String> unknown = options("nobody", "eventgrid.azure.net");
		assertThat(unknown.headers().map()).doesNotContainKeys("webhook-allowed-origin", "webhook-allowed-rate");
		assertSame(unknown, options("std", "eventgrid.azure.net"));
		assertSame(unknown, options("grid", "evil.example"));
	}

	@Test
	void aCloudEventIsTheEventItself() {
		String event = "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/far\",\"type\":\"order.placed\","
				+ "\"partitionkey\":\"k\",\"correlationid\":\"c\",\"data\":{\"orderId\":\"1\"}}";
		assertThat(this.http
			.post("/webhooks/grid", event, "Content-Type", "application/cloudevents+json; charset=utf-8", "X-API-Key",
					"hush")
			.body()).isEqualTo(SUCCESS);
		assertThat(published().id()).isEqualTo("e-1");
		assertThat(published().source()).isEqualTo("/far");
		assertThat(published().key()).isEqualTo("k");
		assertThat(published().correlationId()).isEqualTo("c");
		assertThat(new String(published().data(), StandardCharsets.UTF_8)).isEqualTo("{\"orderId\":\"1\"}");
		problem(this.http.post("/webhooks/grid", "{}", "Content-Type", "application/json", "X-API-Key", "hush",
				"ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "some_event"), 415,
				"unknown-format");
		problem(this.http.post("/webhooks/grid", event.replace("\"data\"", "\"busbargroup\":\"busbar\",\"data\""),
				"Content-Type", "application/cloudevents+json", "X-API-Key", "hush"), 400, "malformed");
		assertThat(this.bus.published).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PUT", "DELETE", "PATCH" })
	void anotherMethodIsNotAllowed(String method) {
		problem(this.http.send(method, "/webhooks/std", new byte[0]), 405, "method-not-allowed");
	}

	private Event<byte @Nullable []> published() {
		assertThat(this.bus.published).isNotEmpty();
		return this.bus.published.get(0);
	}

	private HttpResponse<String> options(String source, String origin) {
		return this.http.send("OPTIONS", "/webhooks/" + source, new byte[0], "WebHook-Request-Origin", origin,
				"WebHook-Request-Rate", "1000");
	}

	private static void assertSame(HttpResponse<String> one, HttpResponse<String> other) {
		assertThat(other.statusCode()).isEqualTo(one.statusCode());
		assertThat(other.body()).isEqualTo(one.body());
		assertThat(headers(other)).isEqualTo(headers(one));
	}

	private static Map<String, List<String>> headers(HttpResponse<String> response) {
		Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
		headers.remove("date");
		return headers;
	}

	private static String[] with(String[] headers, int index, String value) {
		String[] changed = headers.clone();
		changed[index] = value;
		return changed;
	}

	private static String[] json() {
		return new String[] { "Content-Type", "application/json" };
	}

	private static String[] basic(String credentials) {
		return new String[] { "Content-Type", "application/json", "Authorization",
				"Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)) };
	}

	private static String[] github(String event, String id, String body) {
		return new String[] { "Content-Type", "application/json", "X-GitHub-Event", event, "X-GitHub-Delivery", id,
				"X-Hub-Signature-256", "sha256=" + Signer.hex("hush", body) };
	}

	private static String[] slack(String body) {
		long now = now();
		return new String[] { "Content-Type", "application/json", "X-Slack-Request-Timestamp", "" + now,
				"X-Slack-Signature", "v0=" + Signer.hex("hush", "v0:" + now + ":" + body) };
	}

	private static long now() {
		return Instant.now().getEpochSecond();
	}

}
