package dev.busbar.socket;

import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.ingress.HttpTester;
import dev.busbar.socket.connection.Connections;
import dev.busbar.testing.SocketClient;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Publishing and following over a real WebSocket.
 */
@SpringBootTest(classes = SocketApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = SocketApplication.PROPERTIES)
class SocketTests {

	private final List<SocketClient> clients = new ArrayList<>();

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Connections connections;

	@Autowired
	private Feed feed;

	@Autowired
	private LiveFeed live;

	@AfterEach
	void close() {
		this.clients.forEach(SocketClient::close);
		soon().until(() -> this.connections.count() == 0 && this.live.readers() == 0);
	}

	@Test
	void anEventIsAcknowledgedWithItsIdOnceItIsStored() {
		SocketClient client = open();
		client.send("{'do':'publish','ref':'r1','event':{'specversion':'1.0','id':'" + this.key
				+ "','source':'/here','type':'socket.noted','data':{'key':'k','number':1}}}");
		JsonNode published = client.awaitOne("published", 1);
		assertThat(published.toString()).isEqualTo("{\"is\":\"published\",\"ref\":\"r1\",\"id\":\"" + this.key
				+ "\",\"source\":\"/here\",\"type\":\"socket.noted\"}");
		soon().until(() -> {
			HttpResponse<String> trail = new HttpTester(this.port).get("/events/" + this.key);
			return trail.statusCode() == 200 && trail.body().contains("\"state\":\"handled\"");
		});
	}

	@Test
	void aMessageThatIsNotTakenIsAnsweredLikeOverHttpAndTheConnectionStays() {
		SocketClient client = open();
		String event = "{'specversion':'1.0','id':'1','source':'/here','type':'%s','data':{%s}}";
		error(client, "{'do':'publish','ref':'a','event':" + event.formatted("socket.nothing", "") + "}", "a",
				"unknown-event-type", "knownTypes");
		error(client, "{'do':'publish','ref':'b','event':" + event.formatted("socket.noted", "'number':'x'") + "}", "b",
				"data-mismatch", "detail");
		error(client, "{'do':'publish','ref':'c','event':{'id':'1'}}", "c", "malformed", "specversion");
		error(client, "{'do':'publish','ref':'d'}", "d", "malformed", "'event' is missing");
		error(client, "{'do':'publish','ref':'e','event':" + event.formatted("socket.noted", "") + ",'evnt':1}", "e",
				"malformed", "evnt");
		error(client, "{'do':'dance','ref':'f'}", "f", "malformed", "publish");
		error(client, "{'do':'publish','do':'publish'}", null, "malformed", "twice");
		error(client, "{'ref':'g'}", null, "malformed", "'do' is missing");
		error(client, "not json", null, "malformed", "no valid JSON");
		error(client, "[]", null, "malformed", "no JSON object");
		error(client, "{'do':'subscribe'} {}", null, "malformed", "more after");
		error(client, "[".repeat(20_000), null, "malformed", "no JSON object");
		error(client, "{'a':" + "{'a':".repeat(2_000), null, "malformed", "no valid JSON");
		error(client, "{'do':'publish','ref':'" + "r".repeat(101) + "'}", null, "malformed", "101 characters");
		SocketApplication.publish(client, this.key, "socket.noted", "{\"key\":\"k\",\"number\":1}");
	}

	@Test
	void aSubscriptionGetsWhatItAsksForAndResumesWithoutGapOrRepeat() {
		SocketClient writer = open();
		SocketClient first = open();
		first.send("{'do':'subscribe','ref':'s','types':['socket.*'],'keys':['" + this.key + "'],'sources':['/here']}");
		assertThat(first.awaitOne("subscribed", 1).path("position").asString())
			.isEqualTo(Long.toString(this.feed.last()));
		note(writer, 0, 10);
		SocketApplication.publish(writer, this.key + "other", "socket.noted", "{\"key\":\"other\",\"number\":1}");
		List<JsonNode> events = first.await("event", 10);
		assertThat(numbers(events)).containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
		assertThat(events.get(3).path("ref").asString()).isEqualTo("s");
		assertThat(events.get(3).path("event").path("type").asString()).isEqualTo("socket.noted");
		first.abort();
		note(writer, 10, 20);
		SocketClient second = open();
		second.send("{'do':'subscribe','ref':'t','keys':['" + this.key + "'],'after':'"
				+ events.get(6).path("position").asString() + "'}");
		note(writer, 20, 25);
		assertThat(numbers(second.await("event", 18)))
			.containsExactlyElementsOf(IntStream.range(7, 25).boxed().toList());
		assertThat(first.received("event")).hasSize(10);
		// A sign of life tells how far it has come past what it does not want.
		SocketApplication.publish(writer, this.key + "more", "socket.noted", "{\"key\":\"other\",\"number\":1}");
		soon().until(() -> second.received("heartbeat")
			.stream()
			.anyMatch((beat) -> beat.path("position").asString().equals(Long.toString(this.feed.last()))));
	}

	@Test
	void subscriptionsOfOneConnectionAreIndependentAndEnd() {
		SocketClient client = open();
		client.send("{'do':'subscribe','ref':'a','keys':['" + this.key + "']}")
			.send("{'do':'subscribe','ref':'b','types':['socket.noted'],'keys':['" + this.key + "']}");
		client.await("subscribed", 2);
		error(client, "{'do':'subscribe','ref':'a'}", "a", "malformed", "already");
		error(client, "{'do':'subscribe'}", null, "malformed", "'ref' is missing");
		error(client, "{'do':'unsubscribe','ref':'x'}", "x", "malformed", "no subscription");
		error(client, "{'do':'subscribe','ref':'c','after':'1','from':'start'}", "c", "malformed", "Both");
		error(client, "{'do':'subscribe','ref':'c','types':['a*b*c*']}", "c", "malformed", "pattern");
		error(client, "{'do':'subscribe','ref':'c','types':'a'}", "c", "malformed", "array");
		error(client, "{'do':'subscribe','ref':'c','after':'999999'}", "c", "position-gone", "oldest");
		note(client, 0, 1);
		client.await("event", 2);
		client.send("{'do':'unsubscribe','ref':'a'}");
		assertThat(client.awaitOne("unsubscribed", 1).path("ref").asString()).isEqualTo("a");
		note(client, 1, 2);
		assertThat(client.await("event", 3).get(2).path("ref").asString()).isEqualTo("b");
		client.send("{'do':'subscribe','ref':'a'}")
			.send("{'do':'subscribe','ref':'c'}")
			.send("{'do':'subscribe','ref':'d'}");
		client.await("subscribed", 5);
		error(client, "{'do':'subscribe','ref':'e'}", "e", "too-many-readers", "max-subscriptions");
	}

	@Test
	void nothingOfASubscriptionFollowsItsEndAlsoInABurst() {
		SocketClient client = open();
		note(client, 0, 200);
		for (int round = 1; round <= 40; round++) {
			client.send("{'do':'subscribe','ref':'s','keys':['" + this.key + "'],'from':'start'}");
			if (round % 2 == 0) {
				client.await("subscribed", round);
			}
			client.send("{'do':'unsubscribe','ref':'s'}");
		}
		client.await("unsubscribed", 40);
		note(client, 200, 201);
		boolean open = false;
		int next = 0;
		for (JsonNode message : client.received()) {
			switch (message.path("is").asString()) {
				case "subscribed" -> {
					assertThat(open).isFalse();
					open = true;
					next = 0;
				}
				case "unsubscribed" -> open = false;
				case "event" -> {
					assertThat(open).as("an event while there is a subscription").isTrue();
					assertThat(message.path("event").path("data").path("number").asInt()).isEqualTo(next++);
				}
				case "heartbeat" -> assertThat(open).isTrue();
				default -> assertThat(message.path("is").asString()).isEqualTo("published");
			}
		}
	}

	@Test
	void aMessageThatIsTooLongClosesTheConnection() {
		SocketClient client = open();
		client.sendRaw("{\"do\":\"publish\",\"x\":\"" + "x".repeat(65 * 1024) + "\"}");
		assertThat(client.awaitClose()).isEqualTo(1009);
		SocketClient wide = open();
		wide.sendRaw("{\"do\":\"publish\",\"x\":\"" + "\u20ac".repeat(30 * 1024) + "\"}");
		assertThat(wide.awaitClose()).isEqualTo(1009);
		SocketClient endless = open();
		String piece = "x".repeat(10_000);
		assertThatThrownBy(() -> {
			for (int i = 0; i < 10_000; i++) {
				endless.sendPart(piece);
			}
		}).isNotNull();
	}

	@Test
	void aBinaryMessageClosesTheConnection() {
		SocketClient client = open();
		client.sendBinary(new byte[] { 1, 2, 3 });
		assertThat(client.awaitClose()).isEqualTo(1003);
	}

	@Test
	void aSlowReaderIsCutOffWithoutHarmToOthers() {
		SocketClient writer = open();
		SocketClient slow = SocketClient.deaf(this.port);
		this.clients.add(slow);
		SocketClient healthy = open();
		for (SocketClient client : List.of(slow, healthy)) {
			client.send("{'do':'subscribe','ref':'s','keys':['" + this.key + "']}");
		}
		healthy.await("subscribed", 1);
		soon().until(() -> this.live.readers() == 2);
		String text = "\"" + "x".repeat(50_000) + "\"";
		int sent = 0;
		while (this.connections.count() == 3) {
			SocketApplication.publish(writer, this.key + sent, "socket.noted",
					"{\"key\":\"" + this.key + "\",\"number\":" + sent++ + ",\"text\":" + text + "}");
			assertThat(sent).isLessThan(3_000);
		}
		assertThat(numbers(healthy.await("event", sent)))
			.containsExactlyElementsOf(IntStream.range(0, sent).boxed().toList());
		assertThat(this.live.readers()).isEqualTo(1);
	}

	@Test
	void aHandshakeThatIsNoneOrComesFromAForeignPageIsRefused() {
		HttpTester http = new HttpTester(this.port);
		HttpTester.problem(http.get("/ws"), 426, "upgrade-required");
		assertThat(http.get("/ws").headers().firstValue("Upgrade")).hasValue("websocket");
		HttpTester.problem(http.post("/ws", "{}"), 405, "method-not-allowed");
		assertThat(refusal("Origin", "https://evil.example")).isEqualTo(403);
		assertThat(refusal("Origin", "null")).isEqualTo(403);
		assertThat(this.connections.count()).isZero();
		open("Origin", "http://127.0.0.1:" + this.port);
	}

	private void error(SocketClient client, String message, @Nullable String ref, String problem, String text) {
		int before = client.received("error").size();
		client.send(message);
		JsonNode error = client.awaitOne("error", before + 1);
		assertThat(error.path("ref").asString(null)).as(error.toString()).isEqualTo(ref);
		assertThat(error.path("problem").path("type").asString()).as(error.toString())
			.isEqualTo("urn:busbar:problem:" + problem);
		assertThat(error.path("problem").toString()).contains(text);
	}

	private void note(SocketClient client, int from, int to) {
		for (int number = from; number < to; number++) {
			SocketApplication.publish(client, this.key + "-" + number, "socket.noted",
					"{\"key\":\"" + this.key + "\",\"number\":" + number + "}");
		}
	}

	private int refusal(String... headers) {
		try {
			open(headers);
			return 101;
		}
		catch (CompletionException ex) {
			return ((WebSocketHandshakeException) ex.getCause()).getResponse().statusCode();
		}
	}

	private SocketClient open(String... headers) {
		SocketClient client = SocketClient.open(this.port, headers);
		this.clients.add(client);
		return client;
	}

	private static List<Integer> numbers(List<JsonNode> events) {
		return events.stream().map((event) -> event.path("event").path("data").path("number").asInt()).toList();
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
	}

}
