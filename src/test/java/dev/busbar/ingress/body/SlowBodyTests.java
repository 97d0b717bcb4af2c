package dev.busbar.ingress.body;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.testing.SlowSockets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

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
@Import(SlowBodyTests.Counting.class)
class SlowBodyTests {

	private static final String POST = "POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

	private static final String WEBHOOK = "{\"event\":\"some_event\"}";

	@Autowired
	private Bus bus;

	@Autowired
	private RequestBody body;

	@Autowired
	private Dispatches dispatches;

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

	/** So long that no part of it is like another. */
	private static String digits(int length) {
		StringBuilder digits = new StringBuilder();
		for (int i = 0; digits.length() < length; i++) {
			digits.append(i);
		}
		return digits.substring(0, length);
	}

	/** Tomcat reads no more than 16 KB at once. */
	@Test
	void aBodyThatIsThereWholePassesTheFiltersOnce() throws IOException {
		String body = "{\"event\":\"some_event\",\"fill\":\"" + digits(40_000) + "\"}";
		try (Socket socket = this.http.connect()) {
			// The first part of one may come before the last is sent.
			for (int posts = 1, before = 0;; posts++) {
				write(socket, POST + "Content-Length: " + body.length() + "\r\n\r\n" + body);
				assertThat(HttpTester.readHead(socket)).startsWith("HTTP/1.1 200");
				socket.getInputStream().readNBytes("{\"status\":\"success\"}".length());
				if (this.dispatches.count.get() == before) {
					break;
				}
				before = this.dispatches.count.get();
				assertThat(posts).isLessThan(200);
			}
		}
		assertThat(this.bus.published).isNotEmpty()
			.allSatisfy(
					(event) -> assertThat(new String(event.data(), StandardCharsets.UTF_8)).contains(digits(40_000)));
	}

	/** Some of it more than each may hold, and the rest after a while. */
	@Test
	void aBodyOfWhichAPartIsThereIsTakenWhole() throws IOException {
		String body = "{\"event\":\"some_event\",\"fill\":\"" + digits(60_000) + "\"}";
		for (int first : List.of(1, 10_000, 30_000, 59_999)) {
			try (Socket socket = this.http.connect()) {
				write(socket, POST + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n"
						+ body.substring(0, first));
				int before = this.bus.published.size();
				assertThat(this.http.post("/webhook", WEBHOOK, "Content-Type", "application/json").statusCode())
					.isEqualTo(200);
				write(socket, body.substring(first));
				assertThat(HttpTester.readAll(socket)).startsWith("HTTP/1.1 200");
				assertThat(this.bus.published).hasSize(before + 2);
				assertThat(this.bus.published.subList(before, before + 2))
					.anySatisfy((event) -> assertThat(new String(event.data(), StandardCharsets.UTF_8))
						.contains(digits(60_000)));
			}
		}
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> this.body.held() == 0);
	}

	@Test
	void aLargeBodyIsTakenWhateverItsPartsAre() throws IOException {
		String fill = digits(440_000);
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

	@ParameterizedTest
	@ValueSource(ints = { 0, 10, 5_000, 30_000 })
	void aBodyThatBreaksOffIsRefused(int sent) throws IOException {
		try (Socket socket = this.http.connect()) {
			write(socket, POST + "Content-Length: 50000\r\n\r\n" + "x".repeat(sent));
			socket.shutdownOutput();
			assertThat(HttpTester.readAll(socket)).startsWith("HTTP/1.1 400");
		}
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> this.body.held() == 0);
		assertThat(this.bus.published).isEmpty();
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

	/** Counts the requests that were dispatched once more. */
	static class Dispatches extends HttpFilter {

		private static final long serialVersionUID = 1L;

		final transient AtomicInteger count = new AtomicInteger();

		@Override
		protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			this.count.incrementAndGet();
			chain.doFilter(request, response);
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Counting {

		@Bean
		FilterRegistrationBean<Dispatches> dispatches(Dispatches filter) {
			FilterRegistrationBean<Dispatches> registration = new FilterRegistrationBean<>(filter);
			registration.setDispatcherTypes(DispatcherType.ASYNC);
			return registration;
		}

		@Bean
		Dispatches counter() {
			return new Dispatches();
		}

	}

}
