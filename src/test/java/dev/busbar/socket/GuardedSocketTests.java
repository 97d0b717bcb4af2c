package dev.busbar.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.access.Browser;
import dev.busbar.socket.connection.Connections;
import dev.busbar.testing.Issuer;
import dev.busbar.testing.SocketClient;
import dev.busbar.testing.SseReader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a caller with limits may do over a WebSocket, and what it gets of the feed.
 */
@SpringBootTest(classes = SocketApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { SocketApplication.PROPERTIES, "spring.datasource.url=jdbc:h2:mem:guarded;DB_CLOSE_DELAY=-1",
				"busbar.access.keys.publisher.scopes=publish", "busbar.access.keys.reader.scopes=read",
				"busbar.access.keys.noted.scopes=publish,read", "busbar.access.keys.noted.types=socket.noted",
				"busbar.access.keys.worker.scopes=publish,read", "busbar.access.keys.worker.types=work.*,socket.noted",
				"busbar.access.keys.master.scopes=publish,read,operate", "busbar.access.keys.slow.scopes=publish",
				"busbar.access.keys.slow.rate-limit.events-per-second=1", "busbar.access.keys.slow.rate-limit.burst=3",
				"busbar.socket.max-connections=4", "busbar.access.users.ada.scopes=publish,read" })
class GuardedSocketTests {

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Connections connections;

	@DynamicPropertySource
	static void secrets(DynamicPropertyRegistry registry) throws IOException {
		String issuer = Issuer.address();
		registry.add("spring.security.oauth2.resourceserver.jwt.public-key-location", () -> issuer);
		String password = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("ada's password");
		registry.add("busbar.access.users.ada.password", () -> password);
		for (String name : List.of("publisher", "reader", "noted", "worker", "master", "slow")) {
			registry.add("busbar.access.keys." + name + ".hash", () -> "{sha256}" + sha256(name + "-key"));
		}
	}

	@AfterEach
	void close() {
		soon(() -> this.connections.count() == 0);
	}

	@Test
	void whoDoesNotSayWhoHeIsGetsNoConnection() {
		assertThatThrownBy(() -> SocketClient.open(this.port)).hasCauseInstanceOf(WebSocketHandshakeException.class)
			.cause()
			.satisfies((cause) -> assertThat(((WebSocketHandshakeException) cause).getResponse().statusCode())
				.isEqualTo(401));
	}

	@Test
	void eachActionNeedsItsScope() {
		try (SocketClient reader = open("reader"); SocketClient publisher = open("publisher")) {
			SocketApplication.publish(publisher, this.key, "socket.noted", "{\"key\":\"k\",\"number\":1}");
			assertThat(refusal(reader, event("socket.noted"))).isEqualTo("insufficient-scope");
			assertThat(refusal(reader, "{'do':'handle','handler':'worker'}")).isEqualTo("insufficient-scope");
			assertThat(refusal(publisher, "{'do':'subscribe','ref':'s','types':['*']}"))
				.isEqualTo("insufficient-scope");
			assertThat(refusal(publisher, "{'do':'handle','handler':'worker'}")).isEqualTo("insufficient-scope");
			reader.send("{'do':'subscribe','ref':'s','types':['socket.*'],'from':'start'}");
			reader.await("event", 1);
		}
	}

	@Test
	void aCallerWithTypesPublishesHandlesAndGetsTheseAlone() {
		try (SocketClient master = open("master");
				SocketClient noted = open("noted");
				SseReader stream = SseReader.open(feed("?from=start"), "X-API-Key", "noted-key")) {
			noted.send("{'do':'subscribe','ref':'s','types':['*'],'from':'start'}");
			noted.await("subscribed", 1);
			SocketApplication.publish(master, this.key + "1", "hasty.asked", "{}");
			SocketApplication.publish(master, this.key + "2", "socket.noted", "{\"key\":\"k\",\"number\":1}");
			soon(() -> noted.received().toString().contains(this.key + "2"));
			soon(() -> stream.events().toString().contains(this.key + "2"));
			assertThat(noted.received("event")).extracting((it) -> it.path("event").path("type").asString())
				.containsOnly("socket.noted");
			assertThat(stream.events()).extracting(SseReader.Received::type).containsOnly("socket.noted");
			assertThat(refusal(noted, event("work.asked"))).isEqualTo("event-not-allowed");
			assertThat(refusal(noted, "{'do':'handle','handler':'worker'}")).isNotEmpty();
		}
		try (SocketClient worker = open("worker")) {
			worker.send("{'do':'handle','ref':'h','handler':'worker'}");
			worker.await("handling", 1);
		}
	}

	@Test
	void theCallersRateLimitHoldsForEventsOnAWebSocketToo() {
		try (SocketClient slow = open("slow")) {
			for (int number = 0; number < 20; number++) {
				slow.send(event("socket.noted").replace(this.key, this.key + number));
			}
			soon(() -> slow.received().size() == 20);
			assertThat(slow.received("published")).hasSizeBetween(3, 19);
			assertThat(slow.received("error")).allSatisfy((error) -> {
				assertThat(error.path("problem").path("type").asString()).endsWith(":rate-limited");
				assertThat(error.path("problem").path("detail").asString()).contains("The caller has sent more events");
				assertThat(error.path("retryAfter").asInt()).isPositive();
			});
		}
	}

	@Test
	void beyondAsManyAsMayThereIsNoWebSocketAndTheAnswerSaysSo() {
		try (SocketClient first = open("reader");
				SocketClient second = open("reader");
				SocketClient third = open("reader");
				SocketClient fourth = open("reader")) {
			assertThatThrownBy(() -> open("reader")).cause()
				.satisfies((cause) -> assertThat(((WebSocketHandshakeException) cause).getResponse().statusCode())
					.isEqualTo(503));
			HttpTester http = new HttpTester(this.port);
			assertThat(refused(http)).contains("HTTP/1.1 503", "Retry-After: 5", "too-many-connections");
			fourth.abort();
			soon(() -> this.connections.count() == 3);
			open("reader").close();
			assertThat(List.of(first, second, third)).allSatisfy((each) -> assertThat(each.received()).isEmpty());
		}
	}

	private static String refused(HttpTester http) {
		try (Socket socket = http.connect()) {
			socket.getOutputStream().write("""
					GET /ws HTTP/1.1\r
					Host: 127.0.0.1\r
					X-API-Key: reader-key\r
					Upgrade: websocket\r
					Connection: Upgrade, close\r
					Sec-WebSocket-Version: 13\r
					Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
					\r
					""".getBytes(StandardCharsets.US_ASCII));
			return HttpTester.readAll(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whatWasOpenedWithAJwtEndsWithItsTime() throws Exception {
		String token = "Bearer " + Issuer.token("read", 2);
		try (SocketClient client = SocketClient.open(this.port, "Authorization", token);
				SseReader stream = SseReader.open(feed(""), "Authorization", token);
				SseReader late = SseReader.open(feed(""), "Authorization", "Bearer " + Issuer.token("read", -5));
				SseReader other = SseReader.open(feed(""), "Authorization", "Bearer " + Issuer.token("read", 3600))) {
			assertThat(client.awaitClose()).isEqualTo(1008);
			assertThat(client.reason()).isEqualTo("the token has expired");
			soon(() -> stream.ended() && late.ended());
			assertThat(stream.failure()).as("its end is in good order").isNull();
			assertThat(late.failure()).as("as that of one that a clock behind lets in").isNull();
			assertThat(other.ended()).isFalse();
		}
	}

	@Test
	void aSessionsPageOpensAWebSocketThatEndsWithTheSessionAndAStreamThatDoesNot() {
		HttpTester http = new HttpTester(this.port);
		Browser browser = new Browser(http);
		browser.logIn("ada", "ada's password");
		String cookies = browser.cookies();
		String own = "http://127.0.0.1:" + this.port;
		assertThatThrownBy(() -> SocketClient.open(this.port, "Cookie", cookies, "Origin", "https://evil.example"))
			.cause()
			.satisfies((cause) -> assertThat(((WebSocketHandshakeException) cause).getResponse().statusCode())
				.isEqualTo(403));
		try (SocketClient client = SocketClient.open(this.port, "Cookie", cookies, "Origin", own);
				SseReader stream = SseReader.open(feed("?key=" + this.key), "Cookie", cookies)) {
			SocketApplication.publish(client, this.key + "1", "socket.noted",
					"{\"key\":\"" + this.key + "\",\"number\":1}");
			soon(() -> stream.events().size() == 1);
			browser.logOut();
			assertThat(client.awaitClose()).isEqualTo(1008);
			try (SocketClient master = open("master")) {
				SocketApplication.publish(master, this.key + "2", "socket.noted",
						"{\"key\":\"" + this.key + "\",\"number\":2}");
			}
			soon(() -> stream.events().size() == 2);
		}
	}

	private URI feed(String query) {
		return URI.create("http://127.0.0.1:" + this.port + "/feed" + query);
	}

	private SocketClient open(String name) {
		return SocketClient.open(this.port, "X-API-Key", name + "-key");
	}

	private String event(String type) {
		return "{'do':'publish','event':{'specversion':'1.0','id':'" + this.key + "-no','source':'/here','type':'"
				+ type + "','data':{'key':'k','number':1}}}";
	}

	/** The name of the problem with which a message is answered. */
	private static String refusal(SocketClient client, String message) {
		int before = client.received("error").size();
		JsonNode error = client.send(message).awaitOne("error", before + 1);
		String type = error.path("problem").path("type").asString();
		return type.substring(type.lastIndexOf(':') + 1);
	}

	private static void soon(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20)).until(condition);
	}

	private static String sha256(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
