package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.webhook.Signer;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.NodeLibraries;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Webhooks to the executable jar, with nothing but sources configured.
 */
class WebhooksJarIT {

	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final List<String> SECRETS = List.of(SECRET, "It's a Secret to Everybody", "whsec_stripe");

	private static final List<String> SUBSCRIPTION_SECRETS = List.of("c3Vic2NyaXB0aW9uIHNlY3JldCBvbmUh",
			"c3Vic2NyaXB0aW9uIHNlY3JldCB0d28h");

	private static final String ENCRYPTION_KEY = "YW4gZW5jcnlwdGlvbiBrZXkgb2YgMzIgYnl0ZXMgb2s=";

	private static final Duration SOON = Duration.ofMinutes(2);

	private static BusbarProcess busbar = BusbarProcess.jar("jar-webhooks", arguments());

	private static HttpTester http = new HttpTester(0);

	@BeforeAll
	static void start() {
		busbar.startReady();
		http = new HttpTester(busbar.client().address().getPort());
	}

	@AfterAll
	static void stop() {
		busbar.close();
		// A test that is run once more finds nothing of the first time.
		busbar = BusbarProcess.jar("jar-webhooks", arguments());
	}

	@Test
	void aSignedDeliveryThatComesTwiceHasOneEffect() {
		String body = order("w-1", 600);
		for (int attempt = 0; attempt < 2; attempt++) {
			HttpResponse<String> answer = http.post("/webhooks/standard", body,
					Signer.standard(SECRET, "msg_w-1", Instant.now().getEpochSecond(), body));
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		}
		awaitOrder("w-1", "shipped");
		// There are 1000 books: what is left shows that 600 went once.
		String rest = order("w-2", 400);
		http.post("/webhooks/standard", rest, Signer.standard(SECRET, "msg_w-2", Instant.now().getEpochSecond(), rest));
		awaitOrder("w-2", "shipped");
		JsonNode way = busbar.client().json("/events/msg_w-1");
		assertThat(way.path("source").asString()).isEqualTo("/webhooks/standard");
		assertThat(way.path("handled")).hasSize(1);
		assertThat(way.path("results")).hasSize(1);
	}

	@Test
	void aForgedDeliveryLeavesNoTrace() {
		String body = order("w-3", 1);
		String[] headers = Signer.standard(SECRET, "msg_w-3", Instant.now().getEpochSecond(), body);
		assertThat(http.post("/webhooks/standard", body.replace("w-3", "w-4"), headers).statusCode()).isEqualTo(401);
		assertThat(http.get("/events/msg_w-3").statusCode()).isEqualTo(404);
		assertThat(http.get("/dead-letters").body()).doesNotContain("msg_w-3");
	}

	@Test
	void aTypeThatNobodyKnowsBecomesOneDeadLetter() {
		String body = "{\"zen\":\"Keep it logically awesome.\"}";
		for (int attempt = 0; attempt < 2; attempt++) {
			assertThat(http.post("/webhooks/github", body, "Content-Type", "application/json", "X-GitHub-Event", "ping",
					"X-GitHub-Delivery", "d-ping", "X-Hub-Signature-256", "sha256=" + Signer.hex(SECRETS.get(1), body))
				.body()).isEqualTo("{\"status\":\"dead-letter\"}");
		}
		JsonNode way = busbar.client().json("/events/d-ping");
		assertThat(way.path("state").asString()).isEqualTo("dead");
		assertThat(way.path("type").asString()).isEqualTo("github.ping");
		assertThat(way.path("deadLetters")).hasSize(1);
	}

	@Test
	void aDeadLetterIsReplayedOnceItsTypeIsDeclared() {
		String body = "{\"starred_at\":\"2026-01-02T03:04:05Z\"}";
		http.post("/webhooks/github", body, "Content-Type", "application/json", "X-GitHub-Event", "star",
				"X-GitHub-Delivery", "d-star", "X-Hub-Signature-256", "sha256=" + Signer.hex(SECRETS.get(1), body));
		JsonNode dead = busbar.client().json("/events/d-star");
		assertThat(dead.path("state").asString()).isEqualTo("dead");
		String letter = "/dead-letters/" + dead.path("deadLetters").path(0).path("id").asString();
		HttpTester.problem(http.post(letter + "/replay", ""), 422, "unknown-event-type");
		busbar.stop();
		busbar.withOption("-Dbusbar.types[github.star].stream=providers").startReady();
		assertThat(http.post(letter + "/replay", "").statusCode()).isEqualTo(202);
		Awaitility.await("published")
			.atMost(SOON)
			.until(() -> !busbar.client().json("/events/d-star").path("stored").isNull());
		assertThat(busbar.client().json("/events/d-star").path("state").asString()).isEqualTo("stored");
		Awaitility.await("replayed")
			.atMost(SOON)
			.until(() -> busbar.client().json(letter).path("state").asString().equals("replayed"));
	}

	@Test
	void theProvidersOwnLibrariesAreUnderstood() {
		NodeLibraries.require();
		JsonNode answers = JsonMapper.shared()
			.readTree(NodeLibraries.run("webhooks.mjs", busbar.client().address().toString()));
		assertThat(answers).hasSize(3);
		for (String source : List.of("standard", "github", "stripe")) {
			assertThat(answers.path(source).toString()).as(source)
				.isEqualTo("{\"first\":200,\"again\":200,\"forged\":401}");
		}
		Map.of("msg_js", "standard.sent", "delivery-js", "github.issues.opened", "evt_js", "stripe.invoice.paid")
			.forEach((id, type) -> assertThat(busbar.client().json("/events/" + id).path("type").asString())
				.isEqualTo(type));
	}

	@Test
	void noSecretIsShownByTheActuatorOrTheLog() {
		String shown = http.get("/actuator/env").body() + http.get("/actuator/configprops").body();
		assertThat(shown).as("the values are shown")
			.contains("standard-webhooks", "github", "more", "https://crm.example/hook", "https://erp.example/hook");
		assertThat(shown + busbar.log()).doesNotContain("MfKQ9r8", "to Everybody", "whsec_stripe")
			.doesNotContain(SUBSCRIPTION_SECRETS)
			.doesNotContain("topsecret", ENCRYPTION_KEY);
	}

	private static List<String> arguments() {
		List<String> arguments = new ArrayList<>(List.of("--busbar.sources.standard.scheme=standard-webhooks",
				"--busbar.sources.github.scheme=github", "--busbar.sources.stripe.scheme=stripe",
				"--busbar.sources.github.unhandled-types=dead-letter", "--busbar.types[standard.sent].stream=providers",
				"--busbar.types[github.issues.opened].stream=providers",
				"--busbar.types[stripe.invoice.paid].stream=providers", "--management.endpoints.web.exposure.include=*",
				"--management.endpoint.env.show-values=always", "--management.endpoint.configprops.show-values=always",
				"--spring.application.json={\"busbar\":{\"sources\":{\"more\":{\"scheme\":\"basic\",\"secrets\":[\"a:whsec_stripe\"]}},"
						+ "\"subscriptions\":{\"erp\":{\"url\":\"https://erp.example/hook\",\"types\":\"never.*\","
						+ "\"secret\":\"whsec_" + SUBSCRIPTION_SECRETS.get(0) + "\"}}}}",
				"--busbar.subscriptions.crm.url=https://crm.example/hook", "--busbar.subscriptions.crm.types=never.*",
				"--busbar.subscriptions.crm.headers.Authorization=Bearer topsecret",
				"--busbar.subscriptions.crm.secret=whsec_" + SUBSCRIPTION_SECRETS.get(0),
				"--busbar.subscriptions.crm.previous-secret=whsec_" + SUBSCRIPTION_SECRETS.get(1),
				"--busbar.deliveries.encryption-key=" + ENCRYPTION_KEY));
		arguments.add("--busbar.sources.standard.secrets[0]=" + SECRETS.get(0));
		arguments.add("--busbar.sources.github.secrets=" + SECRETS.get(1));
		arguments.add("--busbar.sources.stripe.secrets=" + SECRETS.get(2));
		return arguments;
	}

	private static String order(String id, int quantity) {
		return "{\"type\":\"order.placed\",\"orderId\":\"%s\",\"item\":\"book\",\"quantity\":%d}".formatted(id,
				quantity);
	}

	private static void awaitOrder(String order, String state) {
		Awaitility.await("order " + state)
			.atMost(SOON)
			.untilAsserted(
					() -> assertThat(http.get("/orders/" + order).body()).contains("\"state\":\"" + state + "\""));
	}

}
