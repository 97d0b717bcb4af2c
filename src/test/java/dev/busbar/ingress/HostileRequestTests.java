package dev.busbar.ingress;

import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.testing.Cage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		"server.address=127.0.0.1", "busbar.ingress.body-timeout=5s", "server.tomcat.max-swallow-size=0" })
class HostileRequestTests {

	private static final int LIMIT = 1024 * 1024;

	private static final String HEAD = "POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

	@Autowired
	private Bus bus;

	private final HttpTester http;

	HostileRequestTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.bus.published.clear();
	}

	@Test
	void aBodyOfTheLimitIsTaken() {
		assertThat(this.http.post("/webhook", webhookOf(LIMIT), "Content-Type", "application/json").statusCode())
			.isEqualTo(200);
		assertThat(this.bus.published).hasSize(1);
	}

	@Test
	void anAnnouncedBodyBeyondTheLimitIsRefusedBeforeItIsSent() throws Exception {
		String answer = this.http.raw(HEAD + "Content-Length: " + (LIMIT + 1) + "\r\nExpect: 100-continue\r\n\r\n");
		assertThat(answer).startsWith("HTTP/1.1 413").contains("Connection: close", "urn:busbar:problem:too-large");
	}

	@Test
	void aContentLengthBeyondALongIsRefused() throws Exception {
		assertThat(this.http.raw(HEAD + "Content-Length: 99999999999999999999999\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 400")
			.doesNotContain("Tomcat", "Exception");
	}

	@Test
	void aChunkedBodyOfTheLimitIsTaken() throws Exception {
		assertThat(chunked(webhookOf(LIMIT))).startsWith("HTTP/1.1 200");
	}

	@Test
	void aChunkedBodyBeyondTheLimitIsRefused() throws Exception {
		String answer = chunked(webhookOf(LIMIT + 1));
		assertThat(answer).startsWith("HTTP/1.1 413").contains("Connection: close", "urn:busbar:problem:too-large");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void anEndlessChunkedBodyEndsAtTheLimit() throws Exception {
		try (Socket socket = this.http.connect()) {
			OutputStream out = socket.getOutputStream();
			out.write((HEAD + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> flood(out));
			assertThat(HttpTester.readAll(socket)).startsWith("HTTP/1.1 413");
			assertThat(sent.join()).as("what the server took, with the buffers on the way").isLessThan(64L * LIMIT);
		}
	}

	@Test
	void aBodyThatTricklesIsGivenUp() throws Exception {
		try (Socket socket = this.http.connect()) {
			OutputStream out = socket.getOutputStream();
			out.write((HEAD + "Content-Length: 1000000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			CompletableFuture<Void> trickle = CompletableFuture.runAsync(() -> trickle(out));
			assertThat(HttpTester.readAll(socket)).startsWith("HTTP/1.1 408")
				.contains("urn:busbar:problem:timeout", "Connection: close");
			trickle.join();
		}
	}

	@Test
	void aBrokenChunkIsMalformed() throws Exception {
		assertThat(this.http.raw(HEAD + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"))
			.startsWith("HTTP/1.1 400")
			.doesNotContain("Exception");
	}

	@Test
	void aRequestWithTwoLengthsIsRefused() throws Exception {
		assertThat(this.http.raw(HEAD + "Content-Length: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{}"))
			.startsWith("HTTP/1.1 400");
		assertThat(this.bus.published).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /eve%nts HTTP/1.1", "GET /a%2fb HTTP/1.1", "GET /<script> HTTP/1.1",
			"GET /%c0%ae HTTP/1.1", "NONSENSE", "GET / HTTP/9.9", "G{T / HTTP/1.1" })
	void whatIsNoRequestIsAnsweredWithoutTellingAnything(String line) throws Exception {
		String answer = this.http.raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
		assertThat(answer).containsPattern("^HTTP/1.1 (400|404|405|501|505)")
			.doesNotContainIgnoringCase("tomcat")
			.doesNotContain("Exception", "<html", "script");
	}

	@Test
	void headersBeyondTheLimitAreRefused() throws Exception {
		assertThat(this.http.raw("GET /handlers HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
			.startsWith("HTTP/1.1 4")
			.doesNotContainIgnoringCase("tomcat")
			.doesNotContain("Exception");
	}

	@Test
	void tooManyHeadersAreRefused() throws Exception {
		StringBuilder request = new StringBuilder(HEAD);
		for (int i = 0; i < 101; i++) {
			request.append("X").append(i).append(": x\r\n");
		}
		assertThat(this.http.raw(request + "Content-Length: 2\r\n\r\n{}")).startsWith("HTTP/1.1 4")
			.doesNotContainIgnoringCase("tomcat");
		assertThat(this.bus.published).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[", "{\"a\":" })
	void jsonThatIsNestedWithoutEndIsRefused(String level) {
		String nested = level.repeat(100_000);
		problem(this.http.post("/webhook", "{\"event\":\"some_event\",\"x\":" + nested, "Content-Type",
				"application/json"), 400, "malformed");
		problem(this.http.post("/events",
				"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"some_event\",\"data\":" + nested,
				"Content-Type", "application/cloudevents+json"), 400, "malformed");
		problem(this.http.post("/events", "{\"x\":" + nested, "Content-Type", "application/json", "ce-specversion",
				"1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "some_event"), 422, "data-mismatch");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void aSerializedObjectIsRefusedAndNotRead() {
		Cage.hush();
		problem(this.http.post("/webhook", Cage.serialized(), "Content-Type", "application/x-java-serialized-object"),
				415, "unknown-format");
		problem(this.http.post("/events", Cage.serialized(), "Content-Type", "application/x-java-serialized-object",
				"ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "some_event"), 415,
				"unknown-format");
		problem(this.http.post("/events", Cage.serialized(), "Content-Type", "application/json", "ce-specversion",
				"1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "some_event"), 400, "malformed");
		assertThat(Cage.song()).isNull();
	}

	@Test
	void aBodyForTheActuatorIsBoundedToo() throws Exception {
		String large = "{\"x\":\"" + "x".repeat(70_000) + "\"}";
		assertThat(this.http.post("/actuator/health", large, "Content-Type", "application/json").statusCode())
			.isEqualTo(413);
		String chunked = "POST /actuator/health HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(large.length()) + "\r\n" + large
				+ "\r\n0\r\n\r\n";
		assertThat(this.http.raw(chunked)).startsWith("HTTP/1.1 413");
		assertThat(this.http.post("/actuator/health", "{}", "Content-Type", "application/json").statusCode())
			.isEqualTo(405);
	}

	@Test
	void anUnknownAddressIsAProblem() {
		problem(this.http.get("/nothing/here"), 404, "not-found");
		problem(this.http.get("/error"), 404, "not-found");
		problem(this.http.get("/nothing", "Accept", "text/html"), 404, "not-found");
	}

	@Test
	void anotherMethodIsAProblemWithTheAllowedOnes() {
		HttpResponse<String> response = this.http.send("DELETE", "/webhook", new byte[0]);
		problem(response, 405, "method-not-allowed");
		assertThat(response.headers().firstValue("Allow")).hasValue("POST");
		problem(this.http.get("/webhook"), 405, "method-not-allowed");
		problem(this.http.send("PUT", "/events", new byte[0]), 405, "method-not-allowed");
		problem(this.http.send("POST", "/handlers", new byte[0]), 405, "method-not-allowed");
	}

	@Test
	void optionsTellWhatIsTaken() {
		HttpResponse<String> response = this.http.send("OPTIONS", "/events", new byte[0]);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Allow").orElseThrow()).contains("POST");
		assertThat(response.headers().firstValue("Accept-Post").orElseThrow()).contains("cloudevents-batch+json");
	}

	@Test
	void headIsGetWithoutABody() {
		HttpResponse<String> response = this.http.send("HEAD", "/handlers", new byte[0]);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void aControllerThatFailsTellsNothingOfTheInside() {
		assertThat(problem(this.http.get("/broken"), 500, "internal").toString()).doesNotContain("secret", "Exception");
	}

	@Test
	void aFormOfTheApplicationIsLeftAlone() {
		assertThat(this.http.post("/form", "a=1", "Content-Type", "application/x-www-form-urlencoded").body())
			.isEqualTo("[\"a\"]");
	}

	private static byte[] webhookOf(int size) {
		String start = "{\"event\":\"some_event\",\"fill\":\"";
		return (start + "x".repeat(size - start.length() - 2) + "\"}").getBytes(StandardCharsets.US_ASCII);
	}

	private String chunked(byte[] body) throws Exception {
		try (Socket socket = this.http.connect()) {
			OutputStream out = socket.getOutputStream();
			out.write((HEAD + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			for (int i = 0; i < body.length; i += 60_000) {
				int size = Math.min(60_000, body.length - i);
				out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
				out.write(body, i, size);
				out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
			}
			out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			out.flush();
			return HttpTester.readAll(socket);
		}
	}

	private static long flood(OutputStream out) {
		byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
		long sent = 0;
		try {
			while (sent < 256L * LIMIT) {
				out.write(chunk);
				sent += chunk.length;
			}
		}
		catch (java.io.IOException ex) {
			// The server closed: what this waits for.
		}
		return sent;
	}

	private static void trickle(OutputStream out) {
		try {
			for (int i = 0; i < 1000; i++) {
				out.write(' ');
				out.flush();
				// The slowness of the client is what is tested.
				new java.util.concurrent.CountDownLatch(1).await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
			}
		}
		catch (java.io.IOException ex) {
			// The server closed: what this waits for.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
