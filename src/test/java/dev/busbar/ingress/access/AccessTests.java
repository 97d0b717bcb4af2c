package dev.busbar.ingress.access;

import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AccessTests {

	private static final String EVENT = "{\"event\":\"some_event\"}";

	// As printf %s "correct horse" | sha256sum prints it.
	private static final String KEY = "--busbar.access.keys.shop={sha256}"
			+ "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

	private @Nullable ConfigurableApplicationContext application;

	private HttpTester http = new HttpTester(0);

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--server.address=", "--server.address=0.0.0.0", "--server.address=::" })
	void anOpenAddressWithoutKeysIsRefusedWithTheRemedies(String address) {
		assertThatThrownBy(() -> start(address)).rootCause()
			.isInstanceOfSatisfying(AccessConfigurationException.class, (ex) -> {
				assertThat(ex).hasMessageContaining("all addresses").hasMessageContaining("server.address");
				assertThat(ex.action()).contains("server.address=127.0.0.1", "busbar.access.keys",
						"busbar.access.open=true");
			});
	}

	@Test
	void anOpenAddressStartsIfToldExplicitly() throws Exception {
		start("--server.address=0.0.0.0", "--busbar.access.open=true");
		assertThat(get("busbar.example.com")).startsWith("HTTP/1.1 200");
		problem(webhook("Origin", "https://evil.example"), 403, "forbidden");
	}

	@Test
	void whereNobodyIsAskedWhoHeIsAllShareOneLimit() {
		start("--busbar.access.rate-limit.events-per-second=0.001", "--busbar.access.rate-limit.burst=2",
				"--busbar.sources.local.scheme=open");
		assertThat(webhook().statusCode()).isEqualTo(200);
		assertThat(this.http.post("/webhooks/local", "{\"type\":\"some_event\"}", "Content-Type", "application/json")
			.statusCode()).isEqualTo(200);
		problem(webhook(), 429, "rate-limited");
		problem(this.http.post("/webhooks/local", "{\"type\":\"some_event\"}", "Content-Type", "application/json"), 429,
				"rate-limited");
	}

	@Test
	void anOpenAddressStartsWithAKey() {
		start("--server.address=0.0.0.0", KEY);
		problem(webhook(), 401, "unauthorized");
	}

	@ParameterizedTest
	@ValueSource(strings = { "correct horse", "{sha256}", "{sha256}zz", "{sha256}b22a4e", "{bcrypt}x",
			"{sha256}e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" })
	void aMalformedHashStopsTheStartAndIsNotShown(String hash) {
		assertThatThrownBy(() -> start("--busbar.access.keys.shop=" + hash)).rootCause()
			.isInstanceOf(AccessConfigurationException.class)
			.hasMessageContaining("busbar.access.keys.shop")
			.hasMessageNotContaining("correct horse");
	}

	@Test
	void withKeysEveryPathNeedsOneButHealth() throws Exception {
		start(KEY);
		for (String path : new String[] { "/events/1", "/handlers", "/nothing", "/actuator", "/actuator/healthy",
				"/actuator/%68ealth", "/actuator/health/", "/error" }) {
			assertThat(raw("GET " + path)).as(path).startsWith("HTTP/1.1 401");
		}
		for (String path : new String[] { "/actuator/health;x", "/x/../actuator/health" }) {
			assertThat(raw("GET " + path)).as(path).startsWith("HTTP/1.1 400").contains("urn:busbar:problem:malformed");
		}
		for (String path : new String[] { "/actuator/health", "/actuator/health/liveness",
				"/actuator/health/readiness" }) {
			assertThat(this.http.get(path).statusCode()).as(path).isEqualTo(200);
		}
		problem(this.http.post("/actuator/health", EVENT), 401, "unauthorized");
	}

	@Test
	void aKeyIsTakenInEitherHeader() {
		start(KEY);
		assertThat(webhook("Authorization", "Bearer correct horse").statusCode()).isEqualTo(200);
		assertThat(webhook("Authorization", "bearer correct horse").statusCode()).isEqualTo(200);
		assertThat(webhook("X-API-Key", "correct horse").statusCode()).isEqualTo(200);
		assertThat(webhook("X-API-Key", "correct horse", "Origin", "https://page.example").statusCode()).isEqualTo(200);
	}

	@Test
	void aMissingAndAWrongKeyGetTheSameAnswer() {
		start(KEY);
		HttpResponse<String> missing = webhook();
		problem(missing, 401, "unauthorized");
		assertThat(missing.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
		String[][] wrong = { { "Authorization", "Bearer wrong" }, { "Authorization", "Bearer " },
				{ "Authorization", "Bearer" }, { "Authorization", "Basic Y29ycmVjdCBob3JzZQ==" }, { "X-API-Key", "" },
				{ "X-API-Key", "correct" }, { "Authorization", "Bearer wrong", "X-API-Key", "correct horse" } };
		for (String[] headers : wrong) {
			HttpResponse<String> answer = webhook(headers);
			assertThat(answer.statusCode()).as(String.join(" ", headers)).isEqualTo(401);
			assertThat(answer.body()).isEqualTo(missing.body());
			assertThat(headers(answer)).isEqualTo(headers(missing));
		}
	}

	@Test
	void theActuatorOnAPortOfItsOwnIsGuardedToo() {
		start(KEY, "--management.server.port=0");
		HttpTester management = new HttpTester(port("local.management.port"));
		assertThat(management.port()).isNotEqualTo(this.http.port());
		assertThat(management.get("/actuator").statusCode()).isEqualTo(401);
		assertThat(management.get("/actuator", "X-API-Key", "correct horse").statusCode()).isEqualTo(200);
		assertThat(management.get("/actuator/health").statusCode()).isEqualTo(200);
	}

	@Test
	void theActuatorMustNotListenOpenlyEither() {
		assertThatThrownBy(() -> start("--server.address=127.0.0.1", "--management.server.port=0",
				"--management.server.address=0.0.0.0"))
			.rootCause()
			.isInstanceOf(AccessConfigurationException.class)
			.hasMessageContaining("management.server.address");
	}

	@Test
	void withoutKeysOnlyNamesOfThisMachineAreServed() throws Exception {
		start("--server.address=127.0.0.1");
		for (String host : new String[] { "localhost:%d", "LOCALHOST", "127.0.0.1:%d", "127.1.2.3", "[::1]:%d",
				"app.localhost", "localhost." }) {
			assertThat(get(host.replace("%d", "" + this.http.port()))).as(host).startsWith("HTTP/1.1 200");
		}
		for (String host : new String[] { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
				"10.0.0.1", "[2001:db8::1]" }) {
			assertThat(get(host)).as(host).startsWith("HTTP/1.1 403");
		}
	}

	@Test
	void withoutKeysWebPagesOfOtherOriginsCannotPublish() {
		start("--server.address=127.0.0.1");
		String own = "http://127.0.0.1:" + this.http.port();
		assertThat(webhook("Origin", own).statusCode()).isEqualTo(200);
		assertThat(webhook("Sec-Fetch-Site", "same-origin", "Origin", own).statusCode()).isEqualTo(200);
		problem(webhook("Origin", "https://evil.example"), 403, "forbidden");
		problem(webhook("Origin", "null"), 403, "forbidden");
		problem(webhook("Origin", "http://127.0.0.1:1"), 403, "forbidden");
		problem(webhook("Origin", own + ".evil.example"), 403, "forbidden");
		problem(webhook("Sec-Fetch-Site", "cross-site"), 403, "forbidden");
		problem(webhook("Sec-Fetch-Site", "same-site"), 403, "forbidden");
		assertThat(this.http.get("/handlers", "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(200);
	}

	private static Map<String, Object> headers(HttpResponse<?> response) {
		Map<String, Object> headers = new LinkedHashMap<>(response.headers().map());
		headers.remove("date");
		return headers;
	}

	private String raw(String line) throws Exception {
		return this.http.raw(line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	}

	private String get(String host) throws Exception {
		return this.http.raw("GET /handlers HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
	}

	private HttpResponse<String> webhook(String... headers) {
		String[] all = new String[headers.length + 2];
		all[0] = "Content-Type";
		all[1] = "application/json";
		System.arraycopy(headers, 0, all, 2, headers.length);
		return this.http.post("/webhook", EVENT, all);
	}

	private void start(String... arguments) {
		String[] all = new String[arguments.length + 3];
		all[0] = "--server.port=0";
		all[1] = "--spring.main.banner-mode=off";
		all[2] = "--management.endpoint.health.probes.enabled=true";
		System.arraycopy(arguments, 0, all, 3, arguments.length);
		this.application = new SpringApplicationBuilder(IngressApplication.class).run(all);
		this.http = new HttpTester(port("local.server.port"));
	}

	private int port(String property) {
		assertThat(this.application).isNotNull();
		return java.util.Objects.requireNonNull(this.application)
			.getEnvironment()
			.getRequiredProperty(property, Integer.class);
	}

}
