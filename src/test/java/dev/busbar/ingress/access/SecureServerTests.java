package dev.busbar.ingress.access;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLHandshakeException;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.testing.Certificates;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The server over TLS by an SSL bundle, where Spring MVC has a path of its own, and with
 * a rate limit for all.
 */
@SpringBootTest(classes = { IngressApplication.class, SecureServerTests.Observed.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "server.ssl.bundle=server", "server.servlet.context-path=/app",
				"spring.mvc.servlet.path=/api", "busbar.access.users.ada.scopes=publish",
				"busbar.access.rate-limit.events-per-second=0.001", "busbar.access.rate-limit.burst=2" })
class SecureServerTests {

	private final URI base;

	private final HttpTester plain;

	private final HttpClient client;

	SecureServerTests(@LocalServerPort int port) {
		this.base = URI.create("https://localhost:" + port);
		this.plain = new HttpTester(port);
		this.client = HttpClient.newBuilder().sslContext(Certificates.shared().client()).build();
	}

	@DynamicPropertySource
	static void secrets(DynamicPropertyRegistry registry) {
		Certificates certificates = Certificates.shared();
		registry.add("spring.ssl.bundle.pem.server.keystore.certificate",
				() -> certificates.certificate().toUri().toString());
		registry.add("spring.ssl.bundle.pem.server.keystore.private-key", () -> certificates.key().toUri().toString());
		registry.add("busbar.access.keys.shop", () -> "{sha256}" + GuardedServer.sha256("shop-key"));
		String hash = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("a password");
		registry.add("busbar.access.users.ada.password", () -> hash);
	}

	@Test
	void aClientThatKnowsTheAuthorityIsServed() throws Exception {
		assertThat(send(get("/app/api/handlers").header("X-API-Key", "shop-key")).statusCode()).isEqualTo(200);
		problem(send(get("/app/api/handlers")), 401, "unauthorized");
		assertThat(send(get("/app/api/actuator/health")).statusCode()).isEqualTo(200);
	}

	@Test
	void theAuthorizationOfARequestIsObservedAndNotEachFilter(@Autowired Observed observed) throws Exception {
		assertThat(send(get("/app/api/handlers").header("X-API-Key", "shop-key")).statusCode()).isEqualTo(200);
		assertThat(observed.names).contains("spring.security.authorizations")
			.doesNotContain("spring.security.filterchains", "spring.security.http.secured.requests");
	}

	@Test
	void aClientThatDoesNotKnowTheAuthorityRefuses() {
		assertThatThrownBy(
				() -> HttpClient.newHttpClient().send(get("/app/api/actuator/health").build(), BodyHandlers.ofString()))
			.isInstanceOf(SSLHandshakeException.class);
	}

	@Test
	void withoutTlsNobodyIsServed() throws Exception {
		assertThat(this.plain.raw(
				"GET /app/api/handlers HTTP/1.1\r\nHost: localhost\r\nX-API-Key: shop-key\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 400")
			.doesNotContain("some_event");
	}

	@Test
	void cookiesTravelOverTlsAloneAndTheLoginFindsItsWay() throws Exception {
		HttpResponse<String> lead = send(get("/app/api/handlers").header("Accept", "text/html"));
		assertThat(lead.statusCode()).isEqualTo(302);
		assertThat(lead.headers().firstValue("Location").orElseThrow()).endsWith("/app/api/login");
		HttpResponse<String> page = send(get("/app/api/login"));
		assertThat(page.body()).contains("action=\"/app/api/login\"");
		assertSecure(page);
		String token = page.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
		HttpResponse<String> login = send(HttpRequest.newBuilder(this.base.resolve("/app/api/login"))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.header("Cookie", token)
			.POST(BodyPublishers.ofString("username=ada&password=a+password&_csrf=" + Browser.token(page))));
		assertThat(login.headers().firstValue("Location").orElseThrow()).endsWith("/app/api/login");
		assertThat(login.headers().allValues("Set-Cookie")).anyMatch((cookie) -> cookie.startsWith("JSESSIONID="));
		assertSecure(login);
	}

	@Test
	void callersWithoutALimitOfTheirOwnShareTheOneForAllButNotTheirCount() throws Exception {
		assertThat(publish().statusCode()).isEqualTo(200);
		assertThat(publish().statusCode()).isEqualTo(200);
		problem(publish(), 429, "rate-limited");
	}

	private HttpResponse<String> publish() throws Exception {
		return send(HttpRequest.newBuilder(this.base.resolve("/app/api/webhook"))
			.header("Content-Type", "application/json")
			.header("X-API-Key", "shop-key")
			.POST(BodyPublishers.ofString("{\"event\":\"some_event\"}")));
	}

	private static void assertSecure(HttpResponse<?> response) {
		List<String> cookies = response.headers().allValues("Set-Cookie");
		assertThat(cookies).isNotEmpty().allMatch((cookie) -> cookie.contains("Secure"));
	}

	private HttpRequest.Builder get(String path) {
		return HttpRequest.newBuilder(this.base.resolve(path));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	/** The names of all observations. */
	static class Observed implements ObservationHandler<Observation.Context> {

		final Set<String> names = ConcurrentHashMap.newKeySet();

		@Bean
		ObservationRegistry observations() {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(this);
			return registry;
		}

		@Override
		public void onStart(Observation.Context context) {
			this.names.add(String.valueOf(context.getName()));
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
