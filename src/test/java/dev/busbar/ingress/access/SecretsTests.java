package dev.busbar.ingress.access;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.testing.Issuer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With all loggers wide open, what a client sends as its secret is in no log and in no
 * answer.
 */
@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "logging.level.dev.busbar=TRACE",
				"logging.level.org.springframework=TRACE", "logging.level.web=TRACE",
				"logging.level.org.springframework.web=TRACE", "logging.level.org.apache=TRACE",
				"logging.level.org.apache.coyote=TRACE", "logging.level.org.apache.catalina=TRACE",
				"busbar.sources.signed.scheme=github", "busbar.sources.basic.scheme=basic",
				// The hash of "canary-key".
				"busbar.access.keys.shop={sha256}0b8bdfd5fe8e2887553f64e360259947f07d61acd45d51b4a74a53008e5a9597" })
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

	private final HttpTester http;

	SecretsTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	// Spring's test framework prints the other properties.
	@DynamicPropertySource
	static void secrets(DynamicPropertyRegistry registry) throws IOException {
		registry.add("busbar.sources.signed.secrets[0]", () -> "canary-secret");
		registry.add("busbar.sources.basic.secrets[0]", () -> "shop:canary-password");
		String issuer = Issuer.address();
		registry.add("spring.security.oauth2.resourceserver.jwt.public-key-location", () -> issuer);
		String hash = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("canary-password");
		registry.add("busbar.access.users.ada.password", () -> hash);
		registry.add("busbar.access.users.ada.scopes", () -> "read");
	}

	@AfterAll
	static void closeLoggers() {
		LoggingSystem logging = LoggingSystem.get(SecretsTests.class.getClassLoader());
		for (String name : List.of("dev.busbar", "org.springframework", "org.springframework.web", "org.apache",
				"org.apache.coyote", "org.apache.catalina", "org.springframework.core.codec",
				"org.springframework.http", "org.springframework.boot.actuate.endpoint.web",
				"org.springframework.boot.web.servlet.ServletContextInitializerBeans")) {
			logging.setLogLevel(name, null);
		}
	}

	@Test
	void noLogAndNoAnswerShowsWhatAClientSendsAsItsSecret(CapturedOutput output) throws IOException {
		List<String> answers = new ArrayList<>();
		String body = "{\"event\":\"some_event\"}";
		for (String path : List.of("/webhook", "/events", "/nothing", "/actuator/health", "/handlers")) {
			for (String[] secret : new String[][] { { "X-API-Key", "canary-key" },
					{ "Authorization", "Bearer canary-key" }, { "Authorization", "Bearer canary-wrong" },
					{ "Authorization", "Basic canary-basic" }, { "X-API-Key", "canary-wrong" },
					{ "X-API-Key", "canary-\u00e9wrong" }, { "Authorization", "Bearer canary.canary.canary" } }) {
				for (HttpResponse<String> answer : List.of(
						this.http.post(path, body, "Content-Type", "application/json", "Cookie", "a=canary-cookie",
								secret[0], secret[1]),
						this.http.post(path, "{no json", "Content-Type", "application/json", secret[0], secret[1]),
						this.http.get(path, secret[0], secret[1]))) {
					answers.add(answer.statusCode() + " " + answer.headers().map() + answer.body());
				}
			}
		}
		for (String path : List.of("/webhooks/signed", "/webhooks/basic", "/webhooks/nobody")) {
			for (String[] secret : new String[][] { { "X-Hub-Signature-256", "sha256=canary" },
					{ "Authorization", "Basic c2hvcDpjYW5hcnktcGFzc3dvcmQ=" }, { "X-API-Key", "canary-key" } }) {
				HttpResponse<String> answer = this.http.post(path, "{\"type\":\"some_event\"}", "Content-Type",
						"application/json", secret[0], secret[1]);
				answers.add(answer.statusCode() + " " + answer.headers().map() + answer.body());
			}
		}
		answers
			.add(this.http.raw("POST /webhook HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer canary-raw\r\nBad Header\r\n"
					+ "Content-Length: zz\r\n\r\n"));
		answers.add(this.http.raw("GET /handlers HTTP/1.1\r\nHost: x\r\nX-API-Key: canary\u0080\u0081raw\r\n"
				+ "Connection: close\r\n\r\n"));
		answers.add(this.http.raw("GET /handlers HTTP/1.1\r\nHost: x\r\nX-API-Key: canary\u00c2\u0085raw\r\n"
				+ "Connection: close\r\n\r\n"));
		for (String password : List.of("canary-password", "canary-guess")) {
			Browser browser = new Browser(this.http);
			HttpResponse<String> login = browser.logIn("ada", password);
			answers.add(login.statusCode() + " " + login.headers().map() + login.body());
			answers.add(browser.page("/login").body());
			answers.add(browser.form("/login", Map.of("username", "ada", "password", "canary-password")).body());
		}
		assertThat(answers).anyMatch((answer) -> answer.contains("You are logged in as <b>ada</b>"));
		assertThat(output.getAll()).as("the loggers are open").contains("DEBUG", "DispatcherServlet");
		assertThat(output.getAll()).contains("webhook refused source=signed");
		assertThat(output.getAll().lines().filter((line) -> line.contains("canary") || line.contains("c2hvcDpj")))
			.isEmpty();
		assertThat(answers).noneMatch((answer) -> answer.contains("canary"));
		assertThat(answers).anyMatch((answer) -> answer.startsWith("200"))
			.anyMatch((answer) -> answer.startsWith("401"));
	}

}
