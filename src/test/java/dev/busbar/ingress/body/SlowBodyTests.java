package dev.busbar.ingress.body;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.testing.SlowSockets;
import org.awaitility.Awaitility;
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

/**
 * Bodies that come in parts, or not at all, to a server with four threads.
 */
@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "server.tomcat.threads.max=4", "server.tomcat.threads.min-spare=4",
				"busbar.ingress.body-timeout=10m", "server.tomcat.connection-timeout=10m",
				"server.tomcat.max-swallow-size=0", "busbar.sources.signed.scheme=github",
				"busbar.sources.signed.secrets[0]=hush" })
class SlowBodyTests {

	private static final String POST = "POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

	private static final String WEBHOOK = "{\"event\":\"some_event\"}";

	@Autowired
	private Bus bus;

	@Autowired
	private RequestBody body;

	private final HttpTester http;

	SlowBodyTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@BeforeEach
	void forget() {
		this.bus.published.clear();
	}

	/** Each of them would be enough to hold all threads for ten minutes. */
	@ParameterizedTest
	@ValueSource(strings = { "POST /webhook HTTP/1.1\r\nHost: local", POST + "Content-Length: 100\r\n\r\n",
			POST + "Content-Length: 100\r\n\r\n{", POST + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
			POST + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
			"POST /webhooks/signed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
					+ "Content-Length: 100\r\n\r\n{" })
	void clientsThatFallSilentHoldNoThread(String beginning) throws IOException {
		try (SlowSockets slow = new SlowSockets(this.http.uri())) {
			slow.open(50, beginning, "");
			for (int i = 0; i < 20; i++) {
				assertThat(this.http.post("/webhook", WEBHOOK, "Content-Type", "application/json").statusCode())
					.isEqualTo(200);
			}
		}
		assertThat(this.bus.published).hasSize(20);
	}

	@Test
	void aBodyThatComesInPartsIsTakenWhole() throws IOException {
		try (Socket socket = this.http.connect()) {
			write(socket, POST + "Content-Length: " + WEBHOOK.length() + "\r\n\r\n" + WEBHOOK.substring(0, 5));
			assertThat(this.http.post("/webhook", WEBHOOK, "Content-Type", "application/json").statusCode())
				.isEqualTo(200);
			write(socket, WEBHOOK.substring(5));
			assertThat(HttpTester.readHead(socket)).startsWith("HTTP/1.1 200");
			// The connection is good for another one, of which two come at once.
			String next = POST + "Content-Length: " + WEBHOOK.length() + "\r\n\r\n" + WEBHOOK;
			write(socket, next + next.replace("Host:", "Connection: close\r\nHost:"));
			assertThat(HttpTester.readAll(socket)).contains("HTTP/1.1 200");
		}
		assertThat(this.bus.published).hasSize(4);
	}

	@Test
	void aLargeBodyIsTakenWhateverItsPartsAre() throws IOException {
		String fill = IntStream.range(0, 90_000)
			.mapToObj(Integer::toString)
			.reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
			.toString();
		String body = "{\"event\":\"some_event\",\"fill\":\"" + fill + "\"}";
		assertThat(this.http.post("/webhook", body, "Content-Type", "application/json").statusCode()).isEqualTo(200);
		try (Socket socket = this.http.connect()) {
			write(socket, POST + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
			for (int i = 0; i < body.length(); i += 33_333) {
				String part = body.substring(i, Math.min(body.length(), i + 33_333));
				write(socket, Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
			}
			write(socket, "0\r\n\r\n");
			assertThat(HttpTester.readAll(socket)).startsWith("HTTP/1.1 200");
		}
		assertThat(this.bus.published).hasSize(2)
			.allSatisfy((event) -> assertThat(new String(event.data(), StandardCharsets.UTF_8)).contains(fill));
	}

	/**
	 * The heap allows some 64 such bodies in the tests' JVM; more are told to come again.
	 */
	@Test
	void whatAllTogetherHoldIsBounded() throws IOException {
		RequestBody bounded = new RequestBody(1000, Duration.ofSeconds(1), 2500);
		assertThat(List.of(bounded.take(1000), bounded.take(1000), bounded.take(1000), bounded.take(500)))
			.containsExactly(true, true, false, true);
		bounded.giveBack(1000);
		assertThat(bounded.take(1000)).isTrue();
		assertThat(bounded.busy().type().status()).isEqualTo(503);
		assertThat(bounded.busy().headers()).containsKeys("Retry-After", "Connection");
	}

	@Test
	void aClientThatGoesAwayLeavesNothing() throws IOException {
		List<Socket> sockets = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			Socket socket = this.http.connect();
			write(socket, POST + "Content-Length: 100000\r\n\r\n" + "x".repeat(50_000));
			sockets.add(socket);
		}
		for (Socket socket : sockets) {
			socket.close();
		}
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> this.body.held() == 0);
		problem(this.http.post("/webhook", "{", "Content-Type", "application/json"), 400, "malformed");
		assertThat(this.bus.published).isEmpty();
	}

	private static void write(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		socket.getOutputStream().flush();
	}

}
