package dev.busbar.ingress.access;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.webhook.Signer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A key that may send one event a second, and three at once.
 */
class RateLimitTests extends GuardedServer {

	@Test
	void beyondTheBurstTheSenderIsToldWhenToComeAgain() {
		for (int i = 0; i < 3; i++) {
			assertThat(send().statusCode()).isEqualTo(200);
		}
		HttpResponse<String> refused = send();
		problem(refused, 429, "rate-limited");
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
		assertThat(this.bus.published).hasSize(3);
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(send().statusCode()).isEqualTo(200);
		problem(send(), 429, "rate-limited");
	}

	@Test
	void theEventsOfABatchCountEach() {
		assertThat(batch(13).statusCode()).isEqualTo(202);
		HttpResponse<String> refused = send();
		problem(refused, 429, "rate-limited");
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("11");
		this.clock.advance(Duration.ofSeconds(10));
		problem(send(), 429, "rate-limited");
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(send().statusCode()).isEqualTo(200);
	}

	@Test
	void whatIsNotValidCountsToo() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.http.post("/webhook", "{", with("slow", "Content-Type", "application/json")).statusCode())
				.isEqualTo(400);
		}
		problem(send(), 429, "rate-limited");
	}

	@Test
	void otherCallersAreNotHeldUp() {
		batch(100);
		problem(send(), 429, "rate-limited");
		for (int i = 0; i < 20; i++) {
			assertThat(webhook("some_event", with("publisher")).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void aSourceOfWebhooksHasALimitOfItsOwnAndIsToldWhenToComeAgain() {
		for (int i = 0; i < 3; i++) {
			assertThat(deliver("{\"event\":\"some_event\"}").statusCode()).isEqualTo(200);
		}
		HttpResponse<String> refused = deliver("{\"event\":\"some_event\"}");
		problem(refused, 429, "rate-limited");
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
		assertThat(this.bus.published).hasSize(3);
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(deliver("{\"event\":\"some_event\"}").statusCode()).isEqualTo(200);
		problem(deliver("{\"event\":\"some_event\"}"), 429, "rate-limited");
		assertThat(send().statusCode()).as("another caller").isEqualTo(200);
	}

	@Test
	void webhooksThatProveNothingTakeNothingOfASourcesLimit() {
		for (int i = 0; i < 40; i++) {
			problem(forge("signed"), 401, "unverified-webhook");
		}
		assertThat(deliver("{\"event\":\"some_event\"}").statusCode()).isEqualTo(200);
	}

	@Test
	void anAddressThatFloodsWithoutProofIsRefusedWhateverSourceItNames() {
		for (int i = 0; i < 50; i++) {
			problem(forge((i % 2 == 0) ? "signed" : "nobody" + i), 401, "unverified-webhook");
		}
		for (String source : List.of("signed", "nobody", "nobody1")) {
			HttpResponse<String> refused = forge(source);
			problem(refused, 429, "rate-limited");
			assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
		}
		problem(this.http.get("/webhooks/signed?crc_token=x"), 429, "rate-limited");
		this.clock.advance(Duration.ofMillis(200));
		assertThat(deliver("{\"event\":\"some_event\"}").statusCode()).isEqualTo(200);
		assertThat(deliver("{\"event\":\"some_event\"}").statusCode()).as("costs the address nothing").isEqualTo(200);
		problem(forge("signed"), 401, "unverified-webhook");
		problem(forge("signed"), 429, "rate-limited");
	}

	@Test
	void aFloodOfBodiesThatCannotBeReadCountsToo() {
		for (int i = 0; i < 50; i++) {
			problem(this.http.post("/webhooks/signed", new byte[] { '{', (byte) 0xff, '}' }, "Content-Type",
					"application/json"), 400, "malformed");
		}
		problem(forge("signed"), 429, "rate-limited");
	}

	@Test
	void anAddressThatFloodsIsRefusedBeforeAnythingOfABodyIsRead() throws IOException {
		for (int i = 0; i < 50; i++) {
			problem(forge("signed"), 401, "unverified-webhook");
		}
		for (String source : List.of("signed", "nobody")) {
			assertThat(answer(head(source, 100_000))).startsWith("HTTP/1.1 429").contains("Connection: close");
		}
	}

	@Test
	void aFloodOfBodiesThatAreTooLargeCountsToo() throws IOException {
		for (int i = 0; i < 50; i++) {
			assertThat(answer(head("signed", 1_000_000_000))).startsWith("HTTP/1.1 413");
		}
		awaitRefusal();
	}

	@Test
	void aFloodOfBodiesThatBreakOffCountsToo() throws IOException {
		for (int i = 0; i < 50; i++) {
			try (Socket socket = this.http.connect()) {
				socket.getOutputStream()
					.write((head((i % 2 == 0) ? "signed" : "nobody", 100) + "{").getBytes(StandardCharsets.US_ASCII));
			}
		}
		awaitRefusal();
	}

	/** A delivery that is verified costs the address nothing. */
	private void awaitRefusal() {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> deliver("{\"event\":\"some_event\"}").body().contains("from this address"));
	}

	/** The answer to a request whose body never comes. */
	private String answer(String request) throws IOException {
		try (Socket socket = this.http.connect()) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return HttpTester.readHead(socket);
		}
	}

	private static String head(String source, int length) {
		return "POST /webhooks/" + source + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Content-Length: " + length + "\r\n\r\n";
	}

	@Test
	void aSourceWithoutASecretCountsForTheCaller() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.http
				.post("/webhooks/dev", "{\"type\":\"some_event\"}", with("slow", "Content-Type", "application/json"))
				.statusCode()).isEqualTo(200);
		}
		problem(this.http.post("/webhooks/dev", "{\"type\":\"some_event\"}",
				with("slow", "Content-Type", "application/json")), 429, "rate-limited");
		problem(send(), 429, "rate-limited");
	}

	private HttpResponse<String> deliver(String body) {
		return this.http.post("/webhooks/signed", body, "Content-Type", "application/json", "X-Hub-Signature-256",
				"sha256=" + Signer.hex("a secret of the source", body));
	}

	private HttpResponse<String> forge(String source) {
		return this.http.post("/webhooks/" + source, "{\"event\":\"some_event\"}", "Content-Type", "application/json",
				"X-Hub-Signature-256", "sha256=" + "0".repeat(64));
	}

	private HttpResponse<String> send() {
		return webhook("some_event", with("slow"));
	}

	private HttpResponse<String> batch(int size) {
		return this.http.post("/events",
				IntStream.range(0, size)
					.mapToObj((i) -> event("order.placed", "/s").replace("\"id\":\"1\"", "\"id\":\"" + i + "\""))
					.collect(Collectors.joining(",", "[", "]")),
				with("slow", "Content-Type", "application/cloudevents-batch+json"));
	}

}
