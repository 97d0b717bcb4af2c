package dev.busbar.socket;

import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.busbar.contract.snippets.SocketSnippets;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.ingress.HttpTester;
import dev.busbar.socket.connection.Connections;
import dev.busbar.testing.NodeLibraries;
import dev.busbar.testing.SocketClient;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Remote handlers over a real WebSocket.
 */
@SpringBootTest(classes = SocketApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = SocketApplication.PROPERTIES)
class RemoteHandlerTests {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final List<SocketClient> clients = new ArrayList<>();

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Connections connections;

	@Autowired
	private LiveFeed live;

	@Autowired
	private JdbcTemplate jdbc;

	@AfterEach
	void close() {
		this.clients.forEach(SocketClient::close);
		soon().until(() -> this.connections.count() == 0 && this.live.readers() == 0);
		assertThat(this.jdbc.queryForObject("select count(*) from busbar_outgoing", Long.class))
			.as("nothing is left behind")
			.isZero();
	}

	@Test
	void aResultIsPublishedWithItsCauseAndTheEventIsHandled() {
		SocketClient reader = open();
		reader.send("{'do':'subscribe','ref':'s','types':['work.done'],'keys':['" + this.key + "']}");
		reader.await("subscribed", 1);
		SocketClient worker = worker("worker", 1);
		assertThat(worker.received("handling").get(0).path("leaseSeconds").asInt()).isEqualTo(60);
		ask("work.asked", 1, this.key);
		JsonNode work = worker.awaitOne("work", 1);
		assertThat(work.path("handler").asString()).isEqualTo("worker");
		assertThat(work.path("attempt").asInt()).isEqualTo(1);
		assertThat(work.path("event").path("data").path("number").asInt()).isEqualTo(1);
		assertThat(state(1)).isEqualTo("delayed");
		worker.send("{'do':'handled','ref':'r','lease':'" + work.path("lease").asString()
				+ "','results':[{'type':'work.done','data':{'a':1}},{'type':'work.done','data':{'a':2}}]}");
		assertThat(worker.awaitOne("handled", 1).path("ref").asString()).isEqualTo("r");
		List<JsonNode> results = reader.await("event", 2);
		JsonNode first = results.get(0).path("event");
		assertThat(first.path("causationid").asString()).isEqualTo(id(1));
		assertThat(first.path("correlationid").asString()).isEqualTo(id(1));
		assertThat(first.path("source").asString()).isEqualTo("/busbar");
		assertThat(first.path("data").toString()).isEqualTo("{\"a\":1}");
		assertThat(state(1)).isEqualTo("handled");
		JsonNode trail = trail(1);
		assertThat(trail.path("handled").get(0).path("attempts").asInt()).isEqualTo(1);
		assertThat(trail.path("results")).hasSize(2);
		assertThat(this.jdbc.queryForObject("select count(*) from busbar_outbox where handling = 0", Long.class))
			.isZero();
		assertThat(trail.path("results").get(0).path("id").asString()).isEqualTo(first.path("id").asString());
	}

	@Test
	void whenAClientDiesAnotherHandlesItsEventAndTheEffectIsOne() {
		SocketClient first = worker("worker", 1);
		ask("work.asked", 1, this.key);
		first.await("work", 1);
		SocketClient second = worker("worker", 1);
		first.abort();
		JsonNode work = second.awaitOne("work", 1);
		assertThat(work.path("attempt").asInt()).isEqualTo(2);
		assertThat(work.path("event").path("id").asString()).isEqualTo(id(1));
		handled(second, work, "'results':[{'type':'work.done','data':{}}]");
		second.await("handled", 1);
		soon().until(() -> trail(1).path("results").size() == 1);
		assertThat(trail(1).path("handled").get(0).path("attempts").asInt()).isEqualTo(2);
	}

	@Test
	void aLateAnswerIsRefusedAndHasNoEffect() {
		SocketClient late = worker("hasty", 1);
		ask("hasty.asked", 1, this.key);
		JsonNode lost = late.awaitOne("work", 1);
		late.send("{'do':'unhandle','handler':'hasty'}").await("unhandled", 1);
		SocketClient other = worker("hasty", 1);
		JsonNode work = other.awaitOne("work", 1);
		assertThat(work.path("lease").asString()).isNotEqualTo(lost.path("lease").asString());
		handled(late, lost, "'results':[{'type':'work.done','data':{}}]");
		error(late, "lease-lost", "another client");
		error(late.send("{'do':'handled','lease':'" + work.path("lease").asString() + "'}"), "lease-lost", "lease", 2);
		handleInTime(other);
		assertThat(trail(1).path("results")).isEmpty();
		assertThat(state(1)).isEqualTo("handled");
	}

	@Test
	void aClientThatNeverAnswersKeepsItsPlaceNoLongerThanItsLeases() {
		SocketClient silent = worker("silent", 1);
		ask("silent.asked", 1, this.key);
		ask("silent.asked", 2, this.key);
		for (int attempt = 1; attempt <= 3; attempt++) {
			JsonNode work = silent.awaitOne("work", attempt);
			assertThat(work.path("event").path("id").asString()).isEqualTo(id(1));
			assertThat(work.path("attempt").asInt()).isEqualTo(attempt);
		}
		assertThat(silent.awaitOne("work", 4).path("event").path("id").asString()).isEqualTo(id(2));
		handleInTime(silent);
		assertThat(state(2)).isEqualTo("handled");
		assertThat(state(1)).isEqualTo("dead");
		assertThat(trail(1).path("deadLetters").get(0).path("attempts").asInt()).isEqualTo(3);
		int errors = silent.received("error").size();
		handled(silent, silent.received("work").get(0), "'results':[]");
		error(silent, "lease-lost", "another client", errors + 1);
	}

	@Test
	void eventsOfAKeyComeOneAtATimeAndInTheirOrder() {
		List<SocketClient> workers = List.of(worker("worker", 5), worker("worker", 5));
		Map<String, List<Integer>> seen = new HashMap<>();
		for (int number = 0; number < 30; number++) {
			ask("work.asked", number, this.key + number % 3);
		}
		Map<SocketClient, Integer> taken = new HashMap<>();
		soon().until(() -> {
			Map<String, Integer> inHand = new HashMap<>();
			List<Runnable> answers = new ArrayList<>();
			for (SocketClient worker : workers) {
				List<JsonNode> work = worker.received("work");
				for (JsonNode next : work.subList(taken.getOrDefault(worker, 0), work.size())) {
					String of = next.path("event").path("partitionkey").asString();
					inHand.merge(of, 1, Integer::sum);
					seen.computeIfAbsent(of, (each) -> new ArrayList<>())
						.add(next.path("event").path("data").path("number").asInt());
					answers.add(() -> handled(worker, next, "'results':[]"));
				}
				taken.put(worker, work.size());
			}
			assertThat(inHand.values()).allMatch((count) -> count == 1);
			answers.forEach(Runnable::run);
			return seen.values().stream().mapToInt(List::size).sum() == 30;
		});
		assertThat(seen).hasSize(3);
		seen.forEach((of, numbers) -> {
			int first = Integer.parseInt(of.substring(this.key.length()));
			assertThat(numbers)
				.containsExactlyElementsOf(IntStream.range(0, 10).mapToObj((i) -> first + 3 * i).toList());
		});
		soon().until(() -> workers.stream().mapToInt((worker) -> worker.received("handled").size()).sum() == 30);
	}

	@Test
	void aFailureHasItsAttemptsAndEndsAsADeadLetterThatCanBeReplayed() {
		SocketClient worker = worker("worker", 1);
		ask("work.asked", 1, this.key);
		ask("work.asked", 2, this.key);
		for (int attempt = 1; attempt <= 3; attempt++) {
			JsonNode work = worker.awaitOne("work", attempt);
			assertThat(work.path("event").path("id").asString()).as("the first of its key").isEqualTo(id(1));
			assertThat(work.path("attempt").asInt()).isEqualTo(attempt);
			worker.send("{'do':'failed','lease':'" + work.path("lease").asString() + "','reason':'no paper'}");
			assertThat(worker.awaitOne("failed", attempt).path("next").asString())
				.isEqualTo((attempt < 3) ? "retry" : "dead-letter");
		}
		JsonNode next = worker.awaitOne("work", 4);
		assertThat(next.path("event").path("id").asString()).isEqualTo(id(2));
		handled(worker, next, "'results':[]");
		worker.await("handled", 1);
		JsonNode trail = trail(1);
		assertThat(trail.path("state").asString()).isEqualTo("dead");
		assertThat(trail.path("handled").get(0).path("attempts").asInt()).isEqualTo(3);
		String letter = trail.path("deadLetters").get(0).path("id").asString();
		JsonNode dead = JSON.readTree(new HttpTester(this.port).get("/dead-letters/" + letter).body());
		assertThat(dead.toString()).contains("no paper", "RemoteFailureException", "\"worker\"");
		assertThat(dead.path("origin").path("partition").isNumber()).as("of the message that came: %s", dead).isTrue();
		assertThat(dead.path("origin").path("position").isNumber()).isTrue();
		assertThat(new HttpTester(this.port).post("/dead-letters/" + letter + "/replay", "").statusCode())
			.isLessThan(300);
		JsonNode again = worker.awaitOne("work", 5);
		assertThat(again.path("event").path("id").asString()).isEqualTo(id(1));
		assertThat(again.path("attempt").asInt()).isEqualTo(1);
		assertThat(state(1)).isEqualTo("replaying");
		handled(worker, again, "'results':[{'type':'work.done','data':{}}]");
		worker.await("handled", 2);
		assertThat(state(1)).isEqualTo("handled");
		assertThat(trail(1).path("handled").get(0).path("attempts").asInt()).isEqualTo(4);
		soon().until(() -> new HttpTester(this.port).get("/dead-letters/" + letter)
			.body()
			.contains("\"state\":\"replayed\""));
	}

	@Test
	void theHandlerOfTheDocumentationWorks() {
		open();
		WebSocket socket = SocketSnippets.work(URI.create("ws://127.0.0.1:" + this.port + "/ws"), "worker", "work.done",
				(data) -> {
					if (data.path("number").asInt() == 2) {
						throw new IllegalStateException("not 2");
					}
					return data;
				});
		try {
			ask("work.asked", 1, this.key);
			ask("work.asked", 2, this.key + "2");
			soon().until(() -> state(1).equals("handled") && state(2).equals("dead"));
			assertThat(trail(1).path("results")).hasSize(1);
		}
		finally {
			socket.abort();
		}
	}

	@Test
	void theHandlerInJavaScriptOfTheDocumentationWorks() throws Exception {
		NodeLibraries.require();
		open();
		Matcher script = Pattern.compile("```js\\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(Path.of("docs/websocket.md")));
		assertThat(script.find()).isTrue();
		Process node = NodeLibraries.start(script.group(1)
			.replace("localhost:8080", "127.0.0.1:" + this.port)
			.replace("'packer'", "'worker'")
			.replace("'order.packed'", "'work.done'"));
		try {
			ask("work.asked", 1, this.key);
			ask("work.asked", 2, this.key);
			soon().until(() -> state(1).equals("handled") && state(2).equals("handled"));
			assertThat(trail(2).path("results")).hasSize(1);
		}
		finally {
			node.destroyForcibly().waitFor();
		}
	}

	@Test
	void aFailureThatNoAttemptMendsIsADeadLetterAtOnce() {
		SocketClient worker = worker("worker", 1);
		ask("work.asked", 1, this.key);
		JsonNode work = worker.awaitOne("work", 1);
		worker.send("{'do':'failed','lease':'" + work.path("lease").asString() + "','reason':'never','retry':false}");
		assertThat(worker.awaitOne("failed", 1).path("next").asString()).isEqualTo("dead-letter");
		assertThat(state(1)).isEqualTo("dead");
		assertThat(trail(1).path("deadLetters").get(0).path("attempts").asInt()).isEqualTo(1);
	}

	@Test
	void workThatIsGivenBackIsNoAttemptAndALeaseCanBeExtended() {
		SocketClient worker = worker("worker", 1);
		ask("work.asked", 1, this.key);
		JsonNode work = worker.awaitOne("work", 1);
		worker.send("{'do':'extend','lease':'" + work.path("lease").asString() + "'}");
		assertThat(worker.awaitOne("extended", 1).path("expires").asString())
			.isGreaterThanOrEqualTo(work.path("expires").asString());
		worker.send("{'do':'release','lease':'" + work.path("lease").asString() + "'}").await("released", 1);
		JsonNode again = worker.awaitOne("work", 2);
		assertThat(again.path("attempt").asInt()).isEqualTo(1);
		handled(worker, again, "'results':[]");
		worker.await("handled", 1);
	}

	@Test
	void anInvalidAnswerChangesNothingAndTheLeaseHoldsOn() {
		SocketClient worker = worker("worker", 1);
		ask("work.asked", 1, this.key);
		JsonNode work = worker.awaitOne("work", 1);
		handled(worker, work, "'results':[{'type':'order.placed','data':{}}]");
		error(worker, "data-mismatch", "allowed are");
		handled(worker, work, "'results':[{'type':'socket.noted','data':{'number':'x'}}]");
		error(worker, "data-mismatch", "answer again", 2);
		handled(worker, work, "'results':[{'type':'work.done'}]");
		error(worker, "malformed", "'data' is missing", 3);
		handled(worker, work, "'results':[],'lese':1");
		error(worker, "malformed", "lese", 4);
		worker.send("{'do':'handled','lease':'x'}");
		error(worker, "malformed", "lease", 5);
		handled(worker, work, "'results':[{'type':'socket.noted','data':{'key':'k','number':1}}]");
		worker.await("handled", 1);
		assertThat(state(1)).isEqualTo("handled");
	}

	@Test
	void onlyDeclaredHandlersOfAllowedCallersAreServed() {
		SocketClient client = open();
		client.send("{'do':'handle','handler':'nobody'}");
		error(client, "unknown-handler", "worker");
		client.send("{'do':'handle','handler':'reserved'}");
		error(client, "handler-not-allowed", "callers", 2);
		client.send("{'do':'handle','handler':'worker','capacity':0}");
		error(client, "malformed", "capacity", 3);
		client.send("{'do':'unhandle','handler':'worker'}");
		error(client, "malformed", "not the handler", 4);
		JsonNode registry = JSON.readTree(new HttpTester(this.port).get("/handlers").body());
		assertThat(registry.path("handlers").toString()).contains(
				"{\"bean\":\"worker\",\"handles\":[\"work.asked\"],\"results\":[\"work.done\",\"socket.noted\"],\"batch\":false,\"remote\":true}");
	}

	@Test
	void aStopGivesBackWhatIsNotAnsweredAndSaysGoodbye() {
		SocketClient worker = worker("worker", 1);
		ask("work.asked", 1, this.key);
		worker.await("work", 1);
		this.connections.stop();
		assertThat(worker.awaitClose()).isEqualTo(1001);
		try {
			assertThatThrownBy(this::open).cause()
				.isInstanceOfSatisfying(WebSocketHandshakeException.class,
						(refused) -> assertThat(refused.getResponse().statusCode()).isEqualTo(503));
		}
		finally {
			this.connections.start();
		}
		SocketClient other = worker("worker", 1);
		JsonNode work = other.awaitOne("work", 1);
		assertThat(work.path("attempt").asInt()).isEqualTo(1);
		handled(other, work, "'results':[]");
		other.await("handled", 1);
	}

	private SocketClient worker(String handler, int capacity) {
		SocketClient client = open();
		client.send("{'do':'handle','handler':'" + handler + "','capacity':" + capacity + "}");
		client.await("handling", 1);
		return client;
	}

	private void ask(String type, int number, String eventKey) {
		SocketApplication.publish(this.clients.get(0), id(number), type, eventKey, "{\"number\":" + number + "}");
	}

	private static void handled(SocketClient client, JsonNode work, String rest) {
		client.send("{'do':'handled','lease':'" + work.path("lease").asString() + "'," + rest + "}");
	}

	/** Answers the latest work, until an answer comes before its lease has ended. */
	private static void handleInTime(SocketClient client) {
		while (client.received("handled").isEmpty()) {
			int before = client.received("error").size();
			handled(client, last(client, "work"), "'results':[]");
			soon().until(() -> client.received("error").size() > before || !client.received("handled").isEmpty());
		}
	}

	private static void error(SocketClient client, String problem, String text) {
		error(client, problem, text, 1);
	}

	private static void error(SocketClient client, String problem, String text, int count) {
		JsonNode error = client.awaitOne("error", count);
		assertThat(error.path("problem").path("type").asString()).as(error.toString())
			.isEqualTo("urn:busbar:problem:" + problem);
		assertThat(error.toString()).contains(text);
	}

	private static JsonNode last(SocketClient client, String kind) {
		List<JsonNode> all = client.received(kind);
		return all.get(all.size() - 1);
	}

	private String id(int number) {
		return this.key + "-" + number;
	}

	private JsonNode trail(int number) {
		return JSON.readTree(new HttpTester(this.port).get("/events/" + id(number)).body());
	}

	private String state(int number) {
		return trail(number).path("state").asString();
	}

	private SocketClient open() {
		SocketClient client = SocketClient.open(this.port);
		this.clients.add(client);
		return client;
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
	}

}
