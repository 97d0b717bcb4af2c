package dev.busbar.egress.http;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.event.EndpointDisabled;
import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.NodeLibraries;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Subscriptions and deliveries over HTTP, from the event that comes in to the webhook
 * that goes out, on the embedded broker.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:subscriptions;DB_CLOSE_DELAY=-1",
				"spring.application.name=subscriptions", "server.address=127.0.0.1", "busbar.feed.enabled=true",
				"busbar.deliveries.allowed-networks=127.0.0.1/32", "busbar.deliveries.schedule=0s,1s",
				"busbar.deliveries.encryption-key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
				"busbar.subscriptions.declared.url=https://declared.example/hook",
				"busbar.subscriptions.declared.types=never.*",
				"busbar.subscriptions.declared.secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })
class SubscriptionsOverHttpTests {

	private static final Duration SOON = Duration.ofMinutes(2);

	@Autowired
	private Application application;

	@Autowired
	private DeliveryRows rows;

	@Autowired
	private PlatformTransactionManager transactions;

	private final Receiver receiver = new Receiver();

	private final HttpTester http;

	private final String name = "s-" + UUID.randomUUID().toString().substring(0, 8);

	SubscriptionsOverHttpTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@AfterEach
	void close() {
		this.http.send("DELETE", "/subscriptions/" + this.name, new byte[0]);
		this.receiver.close();
	}

	@Test
	void anEventThatComesInGoesOutSignedAndIsShown() throws Exception {
		String secret = create("\"filter\":\"data.number == 7\"").path("secret").asString();
		String id = publish(7);
		publish(8);
		Awaitility.await().atMost(SOON).until(() -> this.receiver.requests().size() == 1);
		Receiver.Request request = this.receiver.requests().get(0);
		request.verify(secret);
		assertThat(JsonMapper.shared().readTree(request.body()).path("data").toString())
			.isEqualTo("{\"key\":\"k\",\"number\":7}");
		JsonNode line = delivered("delivered");
		assertThat(line.path("eventId").asString()).isEqualTo(id);
		assertThat(line.path("webhookId").asString()).isEqualTo(request.headers().get("webhook-id"));
		JsonNode whole = get("/deliveries/" + line.path("id"));
		assertThat(whole.path("state").asString()).isEqualTo("delivered");
		assertThat(whole.path("tried").path(0).path("status").asInt()).isEqualTo(200);
		JsonNode trail = get("/events/" + id);
		assertThat(trail.path("deliveries").path(0).path("subscription").asString()).isEqualTo(this.name);
		assertThat(trail.path("deliveries").path(0).path("state").asString()).isEqualTo("delivered");
		assertThat(trail.path("deliveries").path(0).path("id").asLong()).isEqualTo(line.path("id").asLong());
	}

	@ParameterizedTest
	@ValueSource(strings = { "cloudevents-json", "cloudevents-binary" })
	void theLibraryOfStandardWebhooksForJavaScriptVerifiesIt(String format) {
		NodeLibraries.require();
		String secret = create("\"format\":\"" + format + "\"").path("secret").asString();
		publish(7);
		Awaitility.await().atMost(SOON).until(() -> this.receiver.requests().size() == 1);
		Receiver.Request request = this.receiver.requests().get(0);
		String captured = JsonMapper.shared()
			.writeValueAsString(Map.of("secret", secret, "headers", request.headers(), "body", request.text()));
		assertThat(NodeLibraries.run("verify.mjs", captured).strip()).isEqualTo("{\"sent\":true,\"forged\":false}");
	}

	@Test
	void aSubscriptionShowsNoSecretAfterItsCreation() {
		JsonNode created = create("\"headers\":{\"Authorization\":\"Bearer topsecret\"}");
		assertThat(created.path("secret").asString()).startsWith("whsec_");
		JsonNode shown = get("/subscriptions/" + this.name);
		assertThat(shown.has("secret")).isFalse();
		assertThat(shown.path("headers").path("Authorization").asString()).isEqualTo("***");
		assertThat(shown.path("enabled").asBoolean()).isTrue();
		assertThat(shown.path("maxInFlight").asInt()).isEqualTo(32);
		HttpResponse<String> list = this.http.get("/subscriptions");
		assertThat(list.body()).contains(this.name, "\"declared\"").doesNotContain("whsec_", "topsecret");
		problem(this.http.post("/subscriptions", body(""), "Content-Type", "application/json"), 409,
				"subscription-state");
		problem(send("PATCH", "/subscriptions/" + this.name, "{\"headers\":" + shown.path("headers") + "}"), 422,
				"invalid-subscription");
		publish(1);
		Awaitility.await().atMost(SOON).until(() -> this.receiver.requests().size() == 1);
		assertThat(this.receiver.requests().get(0).headers()).containsEntry("authorization", "Bearer topsecret");
	}

	@Test
	void aSubscriptionIsChangedMemberByMember() {
		create("\"filter\":\"data.number == 1\",\"rate\":5");
		JsonNode changed = patch("{\"filter\":null,\"types\":[\"*\"],\"format\":\"cloudevents-binary\"}");
		assertThat(changed.has("filter")).isFalse();
		assertThat(changed.path("types").path(0).asString()).isEqualTo("*");
		assertThat(changed.path("format").asString()).isEqualTo("cloudevents-binary");
		assertThat(changed.path("rate").asInt()).isEqualTo(5);
		problem(send("PATCH", "/subscriptions/" + this.name, "{\"url\":null}"), 422, "invalid-subscription");
		problem(send("PATCH", "/subscriptions/" + this.name, "{\"urll\":null}"), 400, "malformed");
		problem(send("PATCH", "/subscriptions/" + this.name, "{\"name\":\"x\"}"), 400, "malformed");
		problem(send("PATCH", "/subscriptions/" + this.name, "{\"url\":\"http://10.0.0.1/\"}"), 422,
				"invalid-subscription");
	}

	@Test
	void aNewSecretSignsWithTheOneBeforeForADay() throws Exception {
		String first = create("").path("secret").asString();
		JsonNode rotated = json(send("POST", "/subscriptions/" + this.name + "/rotate-secret", ""), 200);
		String second = rotated.path("secret").asString();
		assertThat(Instant.parse(rotated.path("previousSecretUntil").asString())).isAfter(Instant.now());
		publish(1);
		Awaitility.await().atMost(SOON).until(() -> this.receiver.requests().size() == 1);
		Receiver.Request request = this.receiver.requests().get(0);
		request.verify(first);
		request.verify(second);
	}

	@Test
	void aTestIsOneAttempt() {
		create("");
		this.receiver.status("500 Oh");
		HttpResponse<String> answer = send("POST", "/subscriptions/" + this.name + "/test", "");
		assertThat(answer.statusCode()).isEqualTo(202);
		String location = answer.headers().firstValue("Location").orElseThrow();
		Awaitility.await().atMost(SOON).until(() -> get(location).path("state").asString().equals("dead"));
		assertThat(this.receiver.requests()).hasSize(1);
		assertThat(this.receiver.requests().get(0).text()).contains("busbar.test");
	}

	@Test
	void aDeadDeliveryIsRetriedSinglyAndByFilter() {
		create("");
		this.receiver.status("500 Oh");
		publish(1);
		JsonNode dead = delivered("dead");
		assertThat(dead.path("attempts").asInt()).isEqualTo(2);
		this.receiver.status("200 OK");
		assertThat(send("POST", "/deliveries/" + dead.path("id") + "/retry", "").statusCode()).isEqualTo(202);
		JsonNode line = delivered("delivered");
		problem(send("POST", "/deliveries/" + line.path("id") + "/retry", ""), 409, "delivery-state");
		this.receiver.status("500 Oh");
		publish(2);
		delivered("dead");
		this.receiver.status("200 OK");
		String filter = "{\"subscription\":\"" + this.name + "\",\"from\":\"2020-01-01T00:00:00Z\"";
		assertThat(json(send("POST", "/deliveries/retry", filter + ",\"dryRun\":true}"), 200).path("total").asInt())
			.isOne();
		assertThat(json(send("POST", "/deliveries/retry", filter + "}"), 202).path("retried").asInt()).isOne();
		Awaitility.await().atMost(SOON).until(() -> list("dead").isEmpty());
		problem(send("POST", "/deliveries/retry", "{\"subscripton\":\"x\"}"), 400, "malformed");
		problem(send("POST", "/deliveries/retry", ""), 400, "malformed");
	}

	@Test
	void deadDeliveriesAreRetriedByATimeRange() {
		create("");
		this.receiver.status("500 Oh");
		publish(1);
		JsonNode older = delivered("dead");
		publish(2);
		Awaitility.await().atMost(SOON).until(() -> list("dead").size() == 2);
		JsonNode newer = list("dead").get(0);
		this.receiver.status("200 OK");
		String range = "{\"subscription\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}".formatted(this.name,
				older.path("created").asString(), newer.path("created").asString());
		assertThat(json(send("POST", "/deliveries/retry", range), 202).path("retried").asInt()).isOne();
		assertThat(delivered("delivered").path("id")).isEqualTo(older.path("id"));
		assertThat(list("dead")).extracting((line) -> line.path("id")).containsExactly(newer.path("id"));
	}

	@Test
	void anEndpointThatIsGoneIsToldAsAnEventAndEnabledByAPerson() {
		create("");
		this.receiver.status("410 Gone");
		publish(1);
		Awaitility.await()
			.atMost(SOON)
			.until(() -> this.application.told.stream().anyMatch((told) -> told.subscription().equals(this.name)));
		JsonNode shown = get("/subscriptions/" + this.name);
		assertThat(shown.path("enabled").asBoolean()).isFalse();
		assertThat(shown.path("disabledReason").asString()).isEqualTo("gone");
		problem(send("POST", "/subscriptions/" + this.name + "/test", ""), 409, "subscription-state");
		problem(send("POST", "/deliveries/" + delivered("dead").path("id") + "/retry", ""), 409, "delivery-state");
		assertThat(json(send("POST", "/subscriptions/" + this.name + "/enable", ""), 200).path("enabled").asBoolean())
			.isTrue();
	}

	@Test
	void aRemovedSubscriptionLeavesItsDeliveriesCancelled() {
		create("");
		this.receiver.status("500 Oh", "Retry-After: 600");
		publish(1);
		Awaitility.await().atMost(SOON).until(() -> delivered("pending").path("attempts").asInt() == 1);
		assertThat(send("DELETE", "/subscriptions/" + this.name, "").statusCode()).isEqualTo(204);
		assertThat(list("cancelled")).singleElement()
			.satisfies((line) -> assertThat(line.path("attempts").asInt()).isOne());
		problem(this.http.get("/subscriptions/" + this.name), 404, "unknown-subscription");
		problem(send("DELETE", "/subscriptions/" + this.name, ""), 404, "unknown-subscription");
	}

	@Test
	void aNewSubscriptionGetsNothingThatWaitsForOneOfItsNameThatWasRemoved() {
		create("");
		assertThat(send("DELETE", "/subscriptions/" + this.name, "").statusCode()).isEqualTo(204);
		addLate();
		create("");
		assertThat(list("cancelled")).hasSize(1);
		String id = publish(1);
		assertThat(delivered("delivered").path("eventId").asString()).isEqualTo(id);
		assertThat(this.receiver.requests()).hasSize(1);
	}

	/** As the feed of an instance does it that knows of no removal yet. */
	private void addLate() {
		Instant now = Instant.now();
		Event<byte @Nullable []> event = new Event<>("late", "/test", "egress.tried", null, now, null, null, null, null,
				null, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
		new TransactionTemplate(this.transactions).executeWithoutResult(
				(status) -> this.rows.add(List.of(new DeliveryRows.Addition(event, List.of(this.name))), now, now, 0));
	}

	@Test
	void aSubscriptionThatAPersonDisablesSaysSo() {
		create("");
		assertThat(json(send("POST", "/subscriptions/" + this.name + "/disable", ""), 200).path("disabledReason")
			.asString()).isEqualTo("person");
	}

	@Test
	void aDeclaredSubscriptionIsReadOnly() {
		problem(send("PATCH", "/subscriptions/declared", "{\"types\":[\"*\"]}"), 409, "subscription-state");
		problem(send("DELETE", "/subscriptions/declared", ""), 409, "subscription-state");
		problem(send("POST", "/subscriptions/declared/rotate-secret", ""), 409, "subscription-state");
		problem(send("POST", "/subscriptions",
				"{\"name\":\"declared\",\"url\":\"" + this.receiver.url() + "\",\"types\":[\"*\"]}"), 409,
				"subscription-state");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://10.0.0.1/", "http://[::1]/", "http://2130706433/", "http://localhost./",
			"http://user@example.com/", "http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "http://127.0.0.2/" })
	void aUrlThatLeadsInsideIsRefused(String url) {
		JsonNode problem = problem(
				send("POST", "/subscriptions",
						"{\"name\":\"" + this.name + "\",\"url\":\"" + url + "\",\"types\":[\"*\"]}"),
				422, "invalid-subscription");
		assertThat(problem.path("detail").asString()).contains("URL");
		problem(this.http.get("/subscriptions/" + this.name), 404, "unknown-subscription");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"name":"x"}                                                        | 422
			{"name":"X y","url":"http://127.0.0.1:9/","types":["*"]}            | 422
			{"url":"http://127.0.0.1:9/","types":["*"]}                         | 400
			{"name":"x","url":"http://127.0.0.1:9/","types":[]}                 | 422
			{"name":"x","url":"http://127.0.0.1:9/","types":"*"}                | 400
			{"name":"x","url":"http://127.0.0.1:9/","types":["*"],"secret":"s"} | 400
			{"name":"x","url":"http://127.0.0.1:9/","types":["*"],"filter":"("} | 422
			{"name":"x","url":"http://127.0.0.1:9/","types":["*"],"rate":0}     | 422
			{"name":"x","url":"http://127.0.0.1:9/","types":["*"],"rate":"5"}   | 400
			{"name":"x","url":"http://127.0.0.1:9/","types":["*"],"format":"y"} | 422
			{"name":"x","name":"y"}                                             | 400
			[]                                                                  | 400
			nonsense                                                            | 400
			""")
	void whatIsNoSubscriptionIsRefused(String body, int status) {
		problem(send("POST", "/subscriptions", body), status, (status == 422) ? "invalid-subscription" : "malformed");
	}

	@Test
	void otherMisuseIsToldAsAProblem() {
		problem(this.http.post("/subscriptions", "x".repeat(70_000), "Content-Type", "application/json"), 413,
				"too-large");
		problem(this.http.post("/subscriptions", "{}", "Content-Type", "text/plain"), 415, "unknown-format");
		problem(this.http.get("/deliveries?stat=dead"), 400, "malformed");
		problem(this.http.get("/deliveries?state=dead&state=dead"), 400, "malformed");
		problem(this.http.get("/deliveries?state=x"), 400, "malformed");
		problem(this.http.get("/deliveries?limit=0"), 400, "malformed");
		problem(this.http.get("/deliveries?cursor=x"), 400, "malformed");
		problem(this.http.get("/deliveries?from=yesterday"), 400, "malformed");
		problem(this.http.get("/deliveries/1234567890"), 404, "unknown-delivery");
		problem(this.http.get("/deliveries/x"), 404, "unknown-delivery");
	}

	private JsonNode create(String more) {
		return json(this.http.post("/subscriptions", body(more), "Content-Type", "application/json"), 201);
	}

	private String body(String more) {
		return "{\"name\":\"" + this.name + "\",\"url\":\"" + this.receiver.url() + "\",\"types\":[\"egress.*\"]"
				+ (more.isEmpty() ? "" : "," + more) + "}";
	}

	private String publish(int number) {
		String id = UUID.randomUUID().toString();
		HttpResponse<String> answer = this.http.post("/webhook",
				"{\"event\":\"egress.tried\",\"id\":\"" + id + "\",\"data\":{\"key\":\"k\",\"number\":" + number + "}}",
				"Content-Type", "application/json");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return id;
	}

	private JsonNode delivered(String state) {
		return Awaitility.await().atMost(SOON).until(() -> list(state), (list) -> !list.isEmpty()).get(0);
	}

	private List<JsonNode> list(String state) {
		JsonNode page = get("/deliveries?subscription=" + this.name + "&state=" + state);
		return StreamSupport.stream(page.path("deliveries").spliterator(), false).toList();
	}

	private JsonNode patch(String body) {
		return json(send("PATCH", "/subscriptions/" + this.name, body), 200);
	}

	private JsonNode get(String path) {
		return json(this.http.get(path), 200);
	}

	private HttpResponse<String> send(String method, String path, String body) {
		return this.http.send(method, path, body.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
	}

	private static JsonNode json(HttpResponse<String> answer, int status) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		return JsonMapper.shared().readTree(answer.body());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		final List<EndpointDisabled> told = new CopyOnWriteArrayList<>();

		@EventType("egress.tried")
		record Tried(@EventKey String key, int number) {
		}

		@Bean
		Consumer<Tried> take() {
			return (tried) -> {
			};
		}

		@Bean
		Consumer<EndpointDisabled> hear() {
			return this.told::add;
		}

	}

}
