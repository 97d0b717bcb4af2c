package dev.busbar.ingress.access;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which scope opens which address.
 */
class ScopesTests extends GuardedServer {

	private static final List<String> CALLERS = List.of("publisher", "reader", "operator", "master");

	@ParameterizedTest
	@CsvSource({ "POST, /events, publish", "POST, /webhook, publish", "POST, /webhooks/dev, publish",
			"GET, /events/1, read", "HEAD, /events/1, read", "GET, /events?id=1, read", "GET, /handlers, read",
			"HEAD, /handlers, read", "GET, /feed, read", "GET, /feed/x, read", "GET, /scheduled, read",
			"GET, /console, read", "GET, /docs/openapi, read", "GET, /docs/openapi.yaml, read",
			"GET, /ws, publish read", "DELETE, /scheduled/1, operate", "DELETE, /scheduled?id=1, operate",
			"GET, /dead-letters, operate", "GET, /dead-letters/1, operate", "POST, /dead-letters/1/replay, operate",
			"PUT, /dead-letters/1/data, operate", "GET, /replays, operate", "DELETE, /replays/1, operate",
			"GET, /subscriptions, operate", "POST, /subscriptions, operate", "DELETE, /subscriptions/1, operate",
			"GET, /deliveries, operate", "GET, /actuator, operate", "GET, /actuator/bindings, operate",
			"POST, /actuator/bindings/x, operate", "POST, /actuator/health, operate",
			"GET, /actuator/health/db, operate", "POST, /handlers, operate", "DELETE, /feed, operate",
			"PUT, /console/x, operate", "GET, /webhook, publish read", "DELETE, /events, publish read",
			"OPTIONS, /events, publish read", "OPTIONS, /handlers, publish read operate",
			"OPTIONS, /dead-letters, publish read operate" })
	void anAddressOpensToItsScopesAlone(String method, String path, String scopes) {
		assertThat(status(method, path)).as("nobody").isEqualTo(401);
		assertThat(status(method, path, "X-API-Key", "wrong")).as("a wrong key").isEqualTo(401);
		for (String caller : CALLERS) {
			HttpResponse<String> answer = this.http.send(method, path, new byte[0], with(caller));
			if (caller.equals("master") || opens(scopes, caller)) {
				assertThat(answer.statusCode()).as(caller).isNotIn(401, 403);
			}
			else {
				assertThat(answer.statusCode()).as(caller).isEqualTo(403);
				assertThat(answer.headers().firstValue("WWW-Authenticate"))
					.hasValue("Bearer error=\"insufficient_scope\", scope=\"" + scopes + "\"");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "GET, /actuator/health, 200", "HEAD, /actuator/health, 200", "GET, /actuator/health/liveness, 200",
			"GET, /actuator/health/readiness, 200", "PUT, /webhooks/signed, 405", "PUT, /webhooks/unknown, 405" })
	void someAddressesAreOpenToAll(String method, String path, int status) {
		assertThat(status(method, path)).isEqualTo(status);
		assertThat(status(method, path, "X-API-Key", "wrong")).isEqualTo(status);
		assertThat(status(method, path, "Authorization", "Basic c291cmNlOnNlY3JldA==")).isEqualTo(status);
	}

	@Test
	void aSourceOfWebhooksAsksForItsOwnSecretAlone() {
		for (String path : new String[] { "/webhooks/signed", "/webhooks/unknown" }) {
			problem(this.http.post(path, "{}", "Content-Type", "application/json"), 401, "unverified-webhook");
			problem(this.http.post(path, "{}", with("master", "Content-Type", "application/json")), 401,
					"unverified-webhook");
		}
	}

	@Test
	void allOtherAddressesOpenToAnyCaller() {
		problem(this.http.get("/broken"), 401, "unauthorized");
		problem(this.http.get("/nothing"), 401, "unauthorized");
		for (String caller : CALLERS) {
			problem(this.http.get("/broken", with(caller)), 500, "internal");
			problem(this.http.get("/nothing", with(caller)), 404, "not-found");
		}
	}

	@Test
	void theRefusalSaysWhatIsNeededAndWhatIsThere() {
		JsonNode problem = problem(this.http.get("/dead-letters", with("shop")), 403, "insufficient-scope");
		assertThat(problem.path("detail").asString()).contains("'operate'", "publish, read");
		assertThat(problem.path("scopes").toString()).isEqualTo("[\"operate\"]");
	}

	@Test
	void theShortFormOfAKeyHasAllScopes() {
		assertThat(webhook("some_event", with("master")).statusCode()).isEqualTo(200);
		assertThat(this.http.get("/handlers", with("master")).statusCode()).isEqualTo(200);
		assertThat(this.http.get("/actuator", with("master")).statusCode()).isEqualTo(200);
	}

	@Test
	void answersCarryWhatKeepsBrowsersFromMisusingThem() {
		HttpResponse<String> answer = this.http.get("/handlers", with("reader"));
		assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
		assertThat(webhook("some_event", with("publisher")).headers().firstValue("Set-Cookie")).isEmpty();
	}

	private static boolean opens(String scopes, String caller) {
		String own = switch (caller) {
			case "publisher" -> "publish";
			case "reader" -> "read";
			default -> "operate";
		};
		return Arrays.asList(scopes.split(" ", -1)).contains(own);
	}

	private int status(String method, String path, String... headers) {
		return this.http.send(method, path, new byte[0], headers).statusCode();
	}

}
