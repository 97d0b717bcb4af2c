package dev.busbar.ingress;

import java.net.http.HttpResponse;

import dev.busbar.ingress.IngressApplication.Bus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where Spring MVC has a path of its own.
 */
@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "server.servlet.context-path=/app", "spring.mvc.servlet.path=/api",
				"busbar.access.keys.shop={sha256}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" })
class ServletPathTests {

	private static final String STRUCTURED = "application/cloudevents+json";

	@Autowired
	private Bus bus;

	private final HttpTester http;

	ServletPathTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.bus.published.clear();
	}

	@Test
	void anEventIsReadInItsFormatAndItsLocationLeadsToIt() {
		HttpResponse<String> response = post("/app/api/events", event("1"), STRUCTURED);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
		assertThat(response.headers().firstValue("Location")).hasValue("/app/api/events/1");
		assertThat(this.http.get("/app/api/events/1", "X-API-Key", "secret").statusCode()).isEqualTo(200);
	}

	@Test
	void aBatchAndAWebhookAreStored() {
		assertThat(post("/app/api/events", "[" + event("2") + "]", "application/cloudevents-batch+json").statusCode())
			.isEqualTo(202);
		HttpResponse<String> response = post("/app/api/webhook", "{\"event\":\"some_event\",\"id\":\"3\"}",
				"application/json");
		assertThat(response.headers().firstValue("Location")).hasValue("/app/api/events/3");
		assertThat(this.bus.published).hasSize(2);
	}

	@Test
	void anotherFormatIsRefused() {
		problem(post("/app/api/events", "<event/>", "text/xml"), 415, "unknown-format");
		problem(post("/app/api/webhook", "a=b", "application/x-www-form-urlencoded"), 415, "unknown-format");
	}

	@Test
	void healthNeedsNoKey() {
		assertThat(this.http.get("/app/api/actuator/health").statusCode()).isEqualTo(200);
		problem(this.http.get("/app/api/handlers"), 401, "unauthorized");
	}

	private HttpResponse<String> post(String path, String body, String contentType) {
		return this.http.post(path, body, "Content-Type", contentType, "X-API-Key", "secret");
	}

	private static String event(String id) {
		return "{\"specversion\":\"1.0\",\"id\":\"" + id
				+ "\",\"source\":\"/shop\",\"type\":\"some_event\",\"data\":{}}";
	}

}
