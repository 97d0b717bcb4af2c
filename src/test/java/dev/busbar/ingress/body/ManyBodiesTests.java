package dev.busbar.ingress.body;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large bodies that stop before their end, to a server that has room for a few.
 */
@SpringBootTest(classes = IngressApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "busbar.ingress.body-timeout=10m",
				"server.tomcat.connection-timeout=10m" })
@Import(ManyBodiesTests.Small.class)
class ManyBodiesTests {

	private static final int ROOM = 400_000;

	private static final int SENT = 100_000;

	@Autowired
	private RequestBody body;

	private final HttpTester http;

	ManyBodiesTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@Test
	void whoFindsNoRoomIsToldToComeAgainAndOthersAreServed() throws IOException {
		List<Socket> held = new ArrayList<>();
		try {
			while (this.body.held() + SENT < ROOM) {
				long before = this.body.held();
				held.add(begin());
				Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> this.body.held() >= before + SENT / 2);
			}
			assertThat(held).hasSizeBetween(2, 5);
			for (int i = 0; i < 10; i++) {
				try (Socket another = begin()) {
					assertThat(HttpTester.readHead(another)).startsWith("HTTP/1.1 503").contains("Retry-After:");
				}
			}
			assertThat(this.body.held()).isLessThanOrEqualTo(ROOM);
			assertThat(this.http.post("/webhook", "{\"event\":\"some_event\"}", "Content-Type", "application/json")
				.statusCode()).isEqualTo(200);
		}
		finally {
			for (Socket socket : held) {
				socket.close();
			}
		}
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> this.body.held() == 0);
		assertThat(this.http
			.post("/webhook", "{\"event\":\"some_event\",\"fill\":\"" + "x".repeat(SENT) + "\"}", "Content-Type",
					"application/json")
			.statusCode()).isEqualTo(200);
	}

	/** Sends the greater part of a body. */
	private Socket begin() throws IOException {
		Socket socket = this.http.connect();
		socket.getOutputStream()
			.write(("POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
					+ (SENT + 1000) + "\r\n\r\n" + "x".repeat(SENT))
				.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Small {

		@Bean
		@Primary
		RequestBody small() {
			return new RequestBody(1_000_000, Duration.ofMinutes(10), ROOM);
		}

	}

}
