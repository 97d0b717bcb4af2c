package dev.busbar.openapi;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.SocketClient;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The OpenAPI document says what is true: all addresses of Busbar stand in it and no
 * others, and all that they answer, errors included, is as it says.
 */
@SpringBootTest(classes = ApiApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:open-api;DB_CLOSE_DELAY=-1", "busbar.feed.enabled=true",
				"busbar.handling.attempts=1", "busbar.ingress.max-body=64KB", "busbar.ingress.max-batch=2",
				"busbar.access.keys.publisher.scopes=publish", "busbar.access.keys.reader.scopes=read",
				"busbar.access.keys.operator.scopes=operate", "busbar.access.keys.slow.scopes=publish",
				"busbar.access.keys.slow.rate-limit.events-per-second=1", "busbar.access.keys.slow.rate-limit.burst=1",
				"busbar.access.users.ada.scopes=read,operate", "busbar.sources.dev.scheme=open",
				"busbar.ingress.unverified-per-second=1", "busbar.sources.x.scheme=hmac",
				"busbar.sources.x.hmac.header=x-signature", "busbar.sources.x.handshake.twitter=true",
				"busbar.sources.x.secrets[0]=secret", "busbar.deliveries.allowed-networks=127.0.0.0/8",
				"busbar.deliveries.schedule=0s", "busbar.subscriptions.declared.url=http://127.0.0.1:1/",
				"busbar.subscriptions.declared.types=nothing.*", "busbar.subscriptions.declared.enabled=false",
				"busbar.subscriptions.declared.secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })
class OpenApiTests {

	/** Answered by filters and by the actuator, and so mapped to no endpoint of ours. */
	private static final Set<String> NOT_MAPPED = Set.of("GET /login", "POST /login", "POST /logout",
			"GET /actuator/health", "GET /actuator/health/liveness", "GET /actuator/health/readiness",
			"GET /docs/openapi", "GET /docs/openapi.yaml");

	/**
	 * What cannot be had from a server that is well: a fault of it, or of its database or
	 * broker, a slow body.
	 */
	private static final Set<String> NOT_PROVOKED = Set.of("408", "500", "503");

	/**
	 * A broker that refuses, a feed that is off, ten replays at once, a payload that is
	 * no event, a form without a name, guessed passwords: their own tests have them.
	 */
	private static final Set<String> NOT_PROVOKED_HERE = Set.of("POST /webhooks/{source} 502", "GET /feed 404",
			"GET /deliveries 404", "POST /deliveries/retry 404", "GET /subscriptions 404", "POST /subscriptions 404",
			"POST /dead-letters/replay 409", "POST /dead-letters/{id}/replay 422", "POST /login 400",
			"POST /login 429");

	private static final String EVENT = "application/cloudevents+json";

	private static final String BATCH = "application/cloudevents-batch+json";

	private static final String JSON = "application/json";

	private static final String LARGE = "{\"x\":\"" + "x".repeat(70_000) + "\"}";

	@LocalServerPort
	private int port;

	@Autowired
	private List<RequestMappingHandlerMapping> mappings;

	private HttpTester http = new HttpTester(0);

	private ApiDocument document = new ApiDocument("{}");

	@DynamicPropertySource
	static void secrets(DynamicPropertyRegistry registry) {
		for (String name : List.of("publisher", "reader", "operator", "slow")) {
			registry.add("busbar.access.keys." + name + ".hash", () -> "{sha256}" + sha256(name + "-key"));
		}
		registry.add("busbar.access.keys.master", () -> "{sha256}" + sha256("master-key"));
		String hash = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("ada's password");
		registry.add("busbar.access.users.ada.password", () -> hash);
	}

	@BeforeEach
	void read() {
		this.http = new HttpTester(this.port);
		HttpResponse<String> answer = this.http.get("/docs/openapi", "X-API-Key", "reader-key");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		this.document = new ApiDocument(answer.body());
	}

	@Test
	void everyEndpointIsDescribedAndNoOther() {
		Set<String> mapped = new TreeSet<>();
		for (RequestMappingHandlerMapping mapping : this.mappings) {
			mapping.getHandlerMethods().forEach((info, method) -> {
				if (isOurs(method)) {
					mapped.addAll(operations(info));
				}
			});
		}
		Set<String> described = this.document.operations()
			.stream()
			.filter((operation) -> !NOT_MAPPED.contains(operation))
			.map(OpenApiTests::unnamed)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(described).isEqualTo(mapped);
	}

	@Test
	void theDocumentIsSound() {
		JsonNode json = this.document.json();
		assertThat(json.path("openapi").asString()).startsWith("3.1");
		assertThat(json.path("info").path("title").asString()).isEqualTo("Busbar");
		List<String> ids = new ArrayList<>(json.findValuesAsString("operationId"));
		assertThat(ids).doesNotHaveDuplicates().hasSameSizeAs(this.document.operations());
		for (String ref : json.findValuesAsString("$ref")) {
			assertThat(json.at(ref.substring(1)).isMissingNode()).as(ref).isFalse();
		}
		assertThat(json.path("paths")
			.path("/events")
			.path("post")
			.path("security")
			.path(0)
			.path("bearer")
			.path(0)
			.asString()).isEqualTo("publish");
		assertThat(json.at("/components/schemas/Way/properties/stored/type").toString())
			.isEqualTo("[\"string\",\"null\"]");
		HttpResponse<String> yaml = this.http.get("/docs/openapi.yaml", "X-API-Key", "reader-key");
		assertThat(yaml.body()).startsWith("openapi: 3.1").contains("  /dead-letters/{id}/replay:");
		// The schemas must be able to fail.
		assertThat(this.document.errors(json.at("/components/schemas/Stored"),
				JsonMapper.shared().readTree("{\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"more\":1}")))
			.isNotEmpty();
		assertThat(this.document.errors(json.at("/components/schemas/DeadLetters"),
				JsonMapper.shared().readTree("{\"deadLetters\":[{}]}")))
			.isNotEmpty();
	}

	@Test
	void nothingElseOfSpringdocIsThere() {
		for (String path : List.of("/v3/api-docs", "/docs/openapi/swagger-config", "/swagger-ui.html",
				"/swagger-ui/index.html")) {
			HttpTester.problem(this.http.get(path, "X-API-Key", "master-key"), 404, "not-found");
		}
	}

	@Test
	void everyAnswerIsAsItIsDescribed() throws Exception {
		refusals();
		events();
		webhooks();
		ways();
		deadLetters();
		subscriptions();
		rest();
		Set<String> unseen = new TreeSet<>(this.document.answers());
		unseen.removeAll(this.document.seen());
		unseen.removeIf((answer) -> NOT_PROVOKED.contains(answer.substring(answer.lastIndexOf(' ') + 1)));
		assertThat(unseen).as("described, and not seen").isEqualTo(new TreeSet<>(NOT_PROVOKED_HERE));
	}

	private void refusals() {
		for (String operation : this.document.operations()) {
			String[] parts = operation.split(" ");
			String scope = this.document.json()
				.path("paths")
				.path(parts[1])
				.path(parts[0].toLowerCase(java.util.Locale.ROOT))
				.at("/security/0/bearer/0")
				.asString("");
			if (parts[1].equals("/webhooks/{source}")) {
				scope = "publish";
			}
			if (!scope.isEmpty()) {
				String path = parts[1].replace("{source}", "dev").replaceAll("\\{[a-z]+}", "x");
				this.document.check(operation, this.http.send(parts[0], path, new byte[0]));
				this.document.check(operation, this.http.send(parts[0], path, new byte[0], "X-API-Key",
						(scope.equals("publish") ? "reader" : "publisher") + "-key"));
			}
		}
	}

	private void events() {
		String post = "POST /events";
		status(call(post, "/events", event("a1", "/a", "api.asked", 1), "Content-Type", EVENT), 202);
		status(call(post, "/events", event("a1", "/b", "api.asked", 1), "Content-Type", EVENT), 202);
		status(call(post, "/events", event("a2", "/a", "api.asked", 1), "Content-Type", EVENT, "Prefer", "wait=20"),
				200);
		status(call(post, "/events", "{\"key\":\"k\",\"number\":1}", "Content-Type", JSON, "ce-specversion", "1.0",
				"ce-id", "a3", "ce-source", "/a", "ce-type", "api.asked", "ce-causationid", "a2"), 202);
		status(call(post, "/events", "[" + event("a4", "/a", "api.asked", 1) + "]", "Content-Type", BATCH), 202);
		status(call(post, "/events", event("dead", "/a", "api.asked", -1), "Content-Type", EVENT, "Prefer", "wait=20"),
				502);
		status(call(post, "/events", "[", "Content-Type", BATCH), 400);
		status(call(post, "/events", "[{},{},{}]".replace("{}", event("a5", "/a", "api.asked", 1)), "Content-Type",
				BATCH), 413);
		status(call(post, "/events", LARGE, "Content-Type", EVENT), 413);
		status(this.checked(post,
				this.http.post("/events", "x", "Content-Type", "text/plain", "X-API-Key", "master-key")), 415);
		status(call(post, "/events", event("a6", "/a", "api.unknown", 1), "Content-Type", EVENT), 422);
		status(call(post, "/events", event("a7", "/a", "api.asked", 1).replace(":1}", ":\"x\"}"), "Content-Type",
				EVENT), 422);
		status(callAs("slow", "POST /events", "/events", event("a8", "/a", "api.asked", 1), "Content-Type", EVENT),
				202);
		String more = event("a9", "/a", "api.asked", 1);
		soon().until(() -> callAs("slow", post, "/events", more, "Content-Type", EVENT).statusCode() == 429);
	}

	private void webhooks() {
		String post = "POST /webhook";
		String body = "{\"event\":\"api.asked\",\"id\":\"w1\",\"data\":{\"key\":\"k\",\"number\":1}}";
		status(call(post, "/webhook", body, "Content-Type", JSON), 200);
		status(call(post, "/webhook", body, "Content-Type", JSON, "Prefer", "wait=20"), 200);
		status(call(post, "/webhook", body.replace("asked", "answered"), "Content-Type", JSON, "Prefer", "wait=20"),
				202);
		status(call(post, "/webhook", body.replace("w1", "w2").replace("1}}", "-1}}"), "Content-Type", JSON, "Prefer",
				"wait=20"), 502);
		hook(post, "/webhook", body);
		// As far beyond its limit as it is: it was empty a moment ago.
		soon().until(() -> callAs("slow", post, "/webhook", body, "Content-Type", JSON).statusCode() == 429);
		String hook = "POST /webhooks/{source}";
		String delivery = "{\"type\":\"api.asked\",\"key\":\"k\",\"number\":1}";
		status(call(hook, "/webhooks/dev", delivery, "Content-Type", JSON), 200);
		hook(hook, "/webhooks/dev", delivery);
		status(checked(hook, this.http.post("/webhooks/x", delivery, "Content-Type", JSON)), 401);
		status(checked("GET /webhooks/{source}", this.http.get("/webhooks/x?crc_token=abc")), 200);
		status(checked("GET /webhooks/{source}", this.http.get("/webhooks/x?crc_token=%7B")), 400);
		status(call("GET /webhooks/{source}", "/webhooks/dev", ""), 405);
		status(checked("OPTIONS /webhooks/{source}",
				this.http.send("OPTIONS", "/webhooks/x", new byte[0], "WebHook-Request-Origin", "a.example")), 200);
		floodOfWebhooks(delivery);
	}

	/** From here on this address is refused. */
	private void floodOfWebhooks(String delivery) {
		soon().until(
				() -> checked("POST /webhooks/{source}", this.http.post("/webhooks/x", delivery, "Content-Type", JSON))
					.statusCode() == 429);
		soon().until(() -> checked("GET /webhooks/{source}", this.http.get("/webhooks/x?crc_token=abc"))
			.statusCode() == 429);
		soon().until(() -> checked("OPTIONS /webhooks/{source}", this.http.send("OPTIONS", "/webhooks/x", new byte[0]))
			.statusCode() == 429);
	}

	/** What both ways of plain JSON refuse. */
	private void hook(String operation, String path, String body) {
		status(call(operation, path, "{", "Content-Type", JSON), 400);
		status(call(operation, path, LARGE, "Content-Type", JSON), 413);
		status(checked(operation, this.http.post(path, body, "Content-Type", "text/csv", "X-API-Key", "master-key")),
				415);
		status(call(operation, path, body.replace("api.asked", "api.unknown"), "Content-Type", JSON), 422);
	}

	private void ways() {
		soon().until(() -> this.http.get("/events/a2", "X-API-Key", "reader-key").body().contains("\"handled\""));
		status(call("GET /events/{id}", "/events/a2", ""), 200);
		status(call("GET /events/{id}", "/events/a3", ""), 200);
		status(call("GET /events/{id}", "/events/dead", ""), 200);
		status(call("GET /events/{id}", "/events/nowhere", ""), 404);
		status(call("GET /events/{id}", "/events/a1", ""), 409);
		status(call("GET /events", "/events?id=a1&source=%2Fa", ""), 200);
		status(call("GET /events", "/events?id=nowhere", ""), 404);
		status(call("GET /events", "/events?id=a1", ""), 409);
		status(call("GET /events", "/events", ""), 400);
		for (String source : List.of("/a", "/b")) {
			for (String id : List.of("s1", "s2", "s3")) {
				status(call("POST /events", "/events",
						event(id, source, "api.asked", 1).replace("\"type\"", "\"busbardelay\":\"PT1H\",\"type\""),
						"Content-Type", EVENT), 202);
			}
		}
		status(call("GET /events/{id}", "/events/s1?source=%2Fa", ""), 200);
		status(call("GET /scheduled", "/scheduled?type=api.asked&limit=2&after=0", ""), 200);
		status(call("GET /scheduled", "/scheduled?limit=0", ""), 400);
		status(call("DELETE /scheduled/{id}", "/scheduled/s1?source=%2Fa", ""), 204);
		status(call("DELETE /scheduled/{id}", "/scheduled/s1?source=%2Fa", ""), 404);
		status(call("DELETE /scheduled/{id}", "/scheduled/s2", ""), 409);
		status(checked("DELETE /scheduled/{id}", send("DELETE", "/scheduled/s2?other=1", "")), 400);
		status(call("DELETE /scheduled", "/scheduled?id=s2&source=%2Fb", ""), 204);
		status(call("DELETE /scheduled", "/scheduled?id=nowhere", ""), 404);
		status(call("DELETE /scheduled", "/scheduled?id=s3", ""), 409);
		status(call("DELETE /scheduled", "/scheduled", ""), 400);
	}

	private void deadLetters() {
		JsonNode page = json(call("GET /dead-letters", "/dead-letters?state=open&limit=1", ""));
		String next = page.path("next").asString();
		String first = page.path("deadLetters").path(0).path("id").asString();
		String second = json(call("GET /dead-letters", "/dead-letters?state=open&limit=1&cursor=" + next, ""))
			.path("deadLetters")
			.path(0)
			.path("id")
			.asString();
		status(call("GET /dead-letters", "/dead-letters?limit=x", ""), 400);
		status(call("GET /dead-letters/summary", "/dead-letters/summary?type=api.asked", ""), 200);
		status(call("GET /dead-letters/summary", "/dead-letters/summary?from=x", ""), 400);
		status(call("GET /dead-letters/{id}", "/dead-letters/" + first, ""), 200);
		String none = UUID.randomUUID().toString();
		status(call("GET /dead-letters/{id}", "/dead-letters/" + none, ""), 404);
		String edit = "PUT /dead-letters/{id}/data";
		status(call(edit, "/dead-letters/" + first + "/data", "{\"key\":\"k\",\"number\":2}", "Content-Type", JSON),
				200);
		status(call(edit, "/dead-letters/" + first + "/data", "{\"key\":\"k\",\"number\":\"x\"}", "Content-Type", JSON),
				422);
		letter(edit, "/data", first, none, "{\"key\":\"k\",\"number\":2}");
		String replay = "POST /dead-letters/{id}/replay";
		letter(replay, "/replay", first, none, "{}");
		status(call("GET /dead-letters/{id}", "/dead-letters/" + first, ""), 200);
		status(call(replay, "/dead-letters/" + first + "/replay", "{}", "Content-Type", JSON), 202);
		soon().until(() -> send("GET", "/dead-letters/" + first, "").body().contains("\"replayed\""));
		status(call(replay, "/dead-letters/" + first + "/replay", "{}", "Content-Type", JSON), 409);
		status(call(edit, "/dead-letters/" + first + "/data", "{\"key\":\"k\",\"number\":2}", "Content-Type", JSON),
				409);
		String discard = "POST /dead-letters/{id}/discard";
		letter(discard, "/discard", second, none, "{\"reason\":\"r\"}");
		many(second);
		status(call(discard, "/dead-letters/" + second + "/discard", "{\"reason\":\"r\"}", "Content-Type", JSON), 200);
		status(call(discard, "/dead-letters/" + second + "/discard", "{\"reason\":\"r\"}", "Content-Type", JSON), 409);
		status(call("GET /dead-letters/{id}", "/dead-letters/" + second, ""), 200);
	}

	private void letter(String operation, String action, String letter, String none, String body) {
		String path = "/dead-letters/" + letter + action;
		status(call(operation, path, operation.startsWith("PUT") ? "" : "[1", "Content-Type", JSON), 400);
		status(call(operation, path, LARGE, "Content-Type", JSON), 413);
		status(checked(operation, send(operation.split(" ")[0], path, body, "Content-Type", "text/plain")), 415);
		status(call(operation, "/dead-letters/" + none + action, body, "Content-Type", JSON), 404);
	}

	private void many(String letter) {
		String replay = "POST /dead-letters/replay";
		status(call(replay, "/dead-letters/replay", "{\"type\":\"api.asked\",\"dryRun\":true}", "Content-Type", JSON),
				200);
		status(call(replay, "/dead-letters/replay", "{\"unknown\":1}", "Content-Type", JSON), 400);
		status(call(replay, "/dead-letters/replay", LARGE, "Content-Type", JSON), 413);
		status(checked(replay, send("POST", "/dead-letters/replay", "x", "Content-Type", "text/plain")), 415);
		String id = json(call(replay, "/dead-letters/replay", "{\"text\":\"" + letter + "\"}", "Content-Type", JSON))
			.path("id")
			.asString();
		status(call("GET /replays", "/replays", ""), 200);
		status(call("GET /replays/{id}", "/replays/" + id, ""), 200);
		status(call("DELETE /replays/{id}", "/replays/" + id, ""), 200);
		status(call("GET /replays/{id}", "/replays/" + UUID.randomUUID(), ""), 404);
		status(call("DELETE /replays/{id}", "/replays/" + UUID.randomUUID(), ""), 404);
	}

	private void subscriptions() {
		String create = "POST /subscriptions";
		String body = "{\"name\":\"one\",\"url\":\"http://127.0.0.1:1/\",\"types\":[\"api.*\"],\"headers\":{\"a\":\"b\"}}";
		subscription(create, "/subscriptions", body,
				"{\"name\":\"X\",\"url\":\"http://127.0.0.1:1/\",\"types\":[\"*\"]}");
		status(call(create, "/subscriptions", body, "Content-Type", JSON), 201);
		status(call(create, "/subscriptions", body, "Content-Type", JSON), 409);
		status(call("GET /subscriptions", "/subscriptions", ""), 200);
		status(call("GET /subscriptions/{name}", "/subscriptions/one", ""), 200);
		status(call("GET /subscriptions/{name}", "/subscriptions/declared", ""), 200);
		String change = "PATCH /subscriptions/{name}";
		subscription(change, "/subscriptions/one", "{\"rate\":5}", "{\"rate\":-1}");
		status(call(change, "/subscriptions/one", "{\"rate\":5}", "Content-Type", JSON), 200);
		status(call(change, "/subscriptions/declared", "{\"rate\":5}", "Content-Type", JSON), 409);
		for (String action : List.of("rotate-secret", "disable", "enable", "test")) {
			String operation = "POST /subscriptions/{name}/" + action;
			if (action.equals("enable")) {
				status(call("POST /subscriptions/{name}/test", "/subscriptions/one/test", ""), 409);
				status(call(operation, "/subscriptions/declared/enable", ""), 409);
			}
			status(call(operation, "/subscriptions/one/" + action, ""), action.equals("test") ? 202 : 200);
			status(call(operation, "/subscriptions/none/" + action, ""), 404);
		}
		status(call("POST /subscriptions/{name}/rotate-secret", "/subscriptions/declared/rotate-secret", ""), 409);
		for (String method : List.of("GET", "DELETE", "PATCH")) {
			status(call(method + " /subscriptions/{name}", "/subscriptions/none", method.equals("PATCH") ? "{}" : "",
					"Content-Type", JSON), 404);
		}
		deliveries();
		status(call("DELETE /subscriptions/{name}", "/subscriptions/declared", ""), 409);
		status(call("DELETE /subscriptions/{name}", "/subscriptions/one", ""), 204);
	}

	private void subscription(String operation, String path, String body, String invalid) {
		status(call(operation, path, "[", "Content-Type", JSON), 400);
		status(call(operation, path, LARGE, "Content-Type", JSON), 413);
		status(checked(operation, send(operation.split(" ")[0], path, body, "Content-Type", "text/plain")), 415);
		status(call(operation, path, invalid, "Content-Type", JSON), 422);
	}

	private void deliveries() {
		call("POST /events", "/events", event("sent", "/a", "api.asked", 1), "Content-Type", EVENT);
		soon().until(() -> json(send("GET", "/deliveries?state=dead&eventId=sent", "")).path("deliveries").size() == 1);
		status(call("GET /events/{id}", "/events/sent", ""), 200);
		JsonNode page = json(call("GET /deliveries", "/deliveries?state=dead&limit=1", ""));
		String id = page.path("deliveries").path(0).path("id").asString();
		status(call("GET /deliveries", "/deliveries?limit=0", ""), 400);
		status(call("GET /deliveries/{id}", "/deliveries/" + id, ""), 200);
		status(call("GET /deliveries/{id}", "/deliveries/999999999", ""), 404);
		String many = "POST /deliveries/retry";
		status(call(many, "/deliveries/retry", "{\"subscription\":\"one\",\"dryRun\":true}", "Content-Type", JSON),
				200);
		status(call(many, "/deliveries/retry", "{\"unknown\":1}", "Content-Type", JSON), 400);
		status(call(many, "/deliveries/retry", LARGE, "Content-Type", JSON), 413);
		status(checked(many, send("POST", "/deliveries/retry", "x", "Content-Type", "text/plain")), 415);
		String retry = "POST /deliveries/{id}/retry";
		status(call(retry, "/deliveries/" + id + "/retry", ""), 202);
		status(call(retry, "/deliveries/999999999/retry", ""), 404);
		status(call(many, "/deliveries/retry", "{\"subscription\":\"one\"}", "Content-Type", JSON), 202);
		call("POST /subscriptions/{name}/disable", "/subscriptions/one/disable", "");
		status(call(retry, "/deliveries/" + id + "/retry", ""), 409);
	}

	private void rest() throws Exception {
		for (String path : List.of("/handlers", "/docs/openapi", "/docs/openapi.yaml", "/actuator/health",
				"/actuator/health/liveness", "/actuator/health/readiness")) {
			status(call("GET " + path, path, ""), 200);
		}
		status(call("GET /feed", "/feed?from=now&after=1", ""), 400);
		status(call("GET /feed", "/feed?after=999999999", ""), 410);
		HttpResponse<java.util.stream.Stream<String>> feed = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/feed?type=api.*"))
				.header("X-API-Key", "reader-key")
				.build(), BodyHandlers.ofLines());
		assertThat(feed.statusCode()).isEqualTo(200);
		assertThat(feed.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
		feed.body().close();
		this.document.seen().add("GET /feed 200");
		checked("GET /ws", this.http.get("/ws", "X-API-Key", "operator-key"));
		try (SocketClient socket = SocketClient.open(this.port, "X-API-Key", "reader-key")) {
			socket.send("{'do':'subscribe','ref':'s','types':['*']}").await("subscribed", 1);
			this.document.seen().add("GET /ws 101");
		}
		people();
	}

	private void people() {
		HttpResponse<String> page = checked("GET /login", this.http.get("/login"));
		String token = cookie(page, "XSRF-TOKEN");
		String form = "application/x-www-form-urlencoded";
		String fields = "username=ada&password=ada%27s+password";
		status(checked("POST /login", this.http.post("/login", fields, "Content-Type", form)), 403);
		HttpResponse<String> in = checked("POST /login", this.http.post("/login", fields, "Content-Type", form,
				"Cookie", "XSRF-TOKEN=" + token, "X-XSRF-TOKEN", token));
		status(in, 302);
		String session = "JSESSIONID=" + cookie(in, "JSESSIONID");
		status(checked("POST /logout", this.http.post("/logout", "", "Cookie", session)), 403);
		String fresh = cookie(this.http.get("/login", "Cookie", session), "XSRF-TOKEN");
		status(checked("POST /logout",
				this.http.post("/logout", "", "Cookie", session + "; XSRF-TOKEN=" + fresh, "X-XSRF-TOKEN", fresh)),
				302);
	}

	private static String cookie(HttpResponse<String> answer, String name) {
		return answer.headers()
			.allValues("Set-Cookie")
			.stream()
			.filter((cookie) -> cookie.startsWith(name + "=") && !cookie.startsWith(name + "=;"))
			.map((cookie) -> cookie.substring(name.length() + 1).replaceFirst(";.*", ""))
			.findFirst()
			.orElse("");
	}

	private HttpResponse<String> call(String operation, String path, String body, String... headers) {
		return callAs("master", operation, path, body, headers);
	}

	private HttpResponse<String> callAs(String caller, String operation, String path, String body, String... headers) {
		HttpResponse<String> answer = sendAs(caller, operation.split(" ")[0], path, body, headers);
		if (answer.statusCode() < 400) {
			this.document.checkRequest(operation, path, headers);
		}
		return checked(operation, answer);
	}

	private HttpResponse<String> send(String method, String path, String body, String... headers) {
		return sendAs("master", method, path, body, headers);
	}

	private HttpResponse<String> sendAs(String caller, String method, String path, String body, String... headers) {
		List<String> all = new ArrayList<>(List.of("X-API-Key", caller + "-key"));
		all.addAll(List.of(headers));
		return this.http.send(method, path, body.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
	}

	private HttpResponse<String> checked(String operation, HttpResponse<String> answer) {
		this.document.check(operation, answer);
		return answer;
	}

	private static void status(HttpResponse<String> answer, int status) {
		assertThat(answer.statusCode()).as("%s %s: %s", answer.request().method(), answer.uri(), answer.body())
			.isEqualTo(status);
	}

	private static JsonNode json(HttpResponse<String> answer) {
		return JsonMapper.shared().readTree(answer.body());
	}

	private static String event(String id, String source, String type, int number) {
		return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"" + source + "\",\"type\":\"" + type
				+ "\",\"data\":{\"key\":\"k\",\"number\":" + number + "}}";
	}

	private static boolean isOurs(HandlerMethod method) {
		String name = method.getBeanType().getName();
		return name.startsWith("dev.busbar.") && !name.startsWith("dev.busbar.problem.")
				&& !name.startsWith("dev.busbar.examples.");
	}

	private static Set<String> operations(RequestMappingInfo info) {
		Set<String> operations = new TreeSet<>();
		info.getMethodsCondition()
			.getMethods()
			.forEach((method) -> info.getPatternValues()
				.forEach((pattern) -> operations.add(method + " " + unnamed(pattern))));
		return operations;
	}

	private static String unnamed(String path) {
		return path.replaceAll("\\{[a-z]+}", "{}");
	}

	private static String sha256(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50));
	}

}
