package dev.busbar.socket;

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

import dev.busbar.testing.SocketClient;
import dev.busbar.testing.SseReader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
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
				"busbar.access.keys.master.scopes=publish,read,operate" })
class GuardedSocketTests {

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void keys(DynamicPropertyRegistry registry) {
		for (String name : List.of("publisher", "reader", "noted", "worker", "master")) {
			registry.add("busbar.access.keys." + name + ".hash", () -> "{sha256}" + sha256(name + "-key"));
		}
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
				SseReader stream = SseReader.open(URI.create("http://127.0.0.1:" + this.port + "/feed?from=start"),
						"X-API-Key", "noted-key")) {
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
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(condition);
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
