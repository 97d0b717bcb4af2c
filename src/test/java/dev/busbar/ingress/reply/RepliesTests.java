package dev.busbar.ingress.reply;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.busbar.ingress.HttpTester;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that wait for the results of their event, on a real server and a real
 * database, through the embedded broker.
 */
@SpringBootTest(classes = ReplyApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:replies;DB_CLOSE_DELAY=-1", "busbar.handling.attempts=2",
				"busbar.handling.backoff=10ms", "busbar.ingress.wait.max-waiting=3", "busbar.ingress.wait.max=20s" })
class RepliesTests {

	private static final String BATCH = "application/cloudevents-batch+json";

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Waiters waiters;

	@Autowired
	private ReplyApplication.Gate gate;

	@Autowired
	private JdbcTemplate jdbc;

	private HttpTester http = new HttpTester(0);

	@BeforeEach
	void connect() {
		this.http = new HttpTester(this.port);
	}

	@AfterEach
	void allHaveLeft() {
		this.gate.open();
		soon().until(() -> this.waiters.count() == 0);
		soon().until(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((it) -> it.getName().equals("busbar-wait")));
	}

	@Test
	void theResultsAreTheAnswer() {
		HttpResponse<String> answer = ask(this.key, 2, "wait=15");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue(BATCH);
		assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=15");
		assertThat(answer.headers().firstValue("Location")).hasValue("/events/" + this.key);
		assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
		JsonNode results = json(answer);
		assertThat(results).hasSize(2);
		for (int number : new int[] { 0, 1 }) {
			JsonNode result = results.get(number);
			assertThat(result.path("specversion").asString()).isEqualTo("1.0");
			assertThat(result.path("type").asString()).isEqualTo("reply.answered");
			assertThat(result.path("causationid").asString()).isEqualTo(this.key);
			assertThat(result.path("data").toString())
				.isEqualTo("{\"key\":\"" + this.key + "\",\"number\":" + number + "}");
		}
		JsonNode way = JsonMapper.shared().readTree(this.http.get("/events/" + this.key).body());
		assertThat(way.path("results").path(0).path("id")).isEqualTo(results.get(0).path("id"));
	}

	@Test
	void aWebhookIsAnsweredInTheSameWay() {
		HttpResponse<String> answer = webhook("reply.asked", 1, "wait=15");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue(BATCH);
		assertThat(json(answer)).hasSize(1);
	}

	@Test
	void anEventWithoutResultsIsAnsweredWithNone() {
		assertThat(ask(this.key, 0, "wait=15").body()).isEqualTo("[]");
		HttpResponse<String> held = hold(this.key + "-held", "wait=15");
		assertThat(held.statusCode()).isEqualTo(200);
		assertThat(held.body()).isEqualTo("[]");
	}

	@Test
	void aDuplicateIsAnsweredWithWhatItsFirstBrought() {
		String first = ask(this.key, 2, "wait=15").body();
		long start = System.nanoTime();
		// Not even a moment: it is looked for once.
		HttpResponse<String> again = ask(this.key, 2, "wait=0");
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(first);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
	}

	@Test
	void otherDataUnderAnIdIsNotAnsweredWithItsResults() {
		ask(this.key, 2, "wait=15");
		HttpResponse<String> answer = ask(this.key, 3, "wait=15");
		JsonNode problem = HttpTester.problem(answer, 502, "dead-lettered");
		assertThat(problem.path("exception").asString()).endsWith("EventConflictException");
		// The letter is there before the duplicate comes.
		assertThat(HttpTester.problem(ask(this.key, 3, "wait=0"), 502, "dead-lettered").path("deadLetter"))
			.isEqualTo(problem.path("deadLetter"));
		assertThat(json(ask(this.key, 2, "wait=15"))).hasSize(2);
	}

	@Test
	void aDeadLetterIsAProblemThatNamesIt() {
		HttpResponse<String> answer = ask(this.key, -1, "wait=15");
		JsonNode problem = HttpTester.problem(answer, 502, "dead-lettered");
		assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=15");
		assertThat(answer.headers().firstValue("Location")).hasValue("/events/" + this.key);
		assertThat(problem.path("exception").asString()).isEqualTo("java.lang.IllegalStateException");
		assertThat(problem.path("attempts").asInt()).isEqualTo(2);
		assertThat(problem.path("detail").asString()).contains("'answer'", "attempts: 2");
		assertThat(answer.body()).doesNotContain("the secret", "\"key\"");
		String letter = problem.path("deadLetter").asString();
		assertThat(this.http.get("/dead-letters/" + letter).statusCode()).isEqualTo(200);
		assertThat(HttpTester.problem(ask(this.key, -1, "wait=0"), 502, "dead-lettered").path("deadLetter").asString())
			.isEqualTo(letter);
	}

	@Test
	void whoHasWaitedLongEnoughIsToldThatTheEventIsStored() {
		this.gate.close();
		long start = System.nanoTime();
		HttpResponse<String> answer = hold(this.key, "wait=1");
		long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=1");
		assertThat(answer.headers().firstValue("Location")).hasValue("/events/" + this.key);
		assertThat(answer.body())
			.isEqualTo("{\"id\":\"" + this.key + "\",\"source\":\"/here\",\"type\":\"reply.held\"}");
		assertThat(millis).isBetween(1000L, 18_000L);
		HttpResponse<String> webhook = webhook("reply.held", 1, "wait=0");
		assertThat(webhook.statusCode()).isEqualTo(202);
		assertThat(webhook.body()).isEqualTo("{\"status\":\"success\"}");
	}

	@Test
	void nobodyWaitsLongerThanIsAllowed() {
		assertThat(ask(this.key, 1, "wait=99999999999").headers().firstValue("Preference-Applied")).hasValue("wait=20");
	}

	@ParameterizedTest
	@ValueSource(strings = { "wait=soon", "wait=", "wait", "respond-async", "wait=-1", "x=\"" })
	void whatIsNoPreferenceChangesNothing(String prefer) {
		HttpResponse<String> answer = ask(this.key, 1, prefer);
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(answer.headers().firstValue("Preference-Applied")).isEmpty();
		assertThat(webhook("reply.asked", 1, prefer).statusCode()).isEqualTo(200);
	}

	@Test
	void whatWouldNotBeHandledSoonHereIsNotWaitedFor() {
		long start = System.nanoTime();
		for (HttpResponse<String> answer : List.of(post(this.key + "1", "reply.answered", 1, "wait=15"),
				post(this.key + "2", "reply.asked", 1, "wait=15", "ce-busbardelay", "PT1H"))) {
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
			assertThat(answer.headers().firstValue("Preference-Applied")).isEmpty();
			assertThat(answer.headers().firstValue("Location")).isPresent();
		}
		HttpResponse<String> batch = this.http.post("/events", "[" + structured(this.key + "3") + "]", "Content-Type",
				BATCH, "Prefer", "wait=15");
		assertThat(batch.statusCode()).isEqualTo(202);
		assertThat(batch.headers().firstValue("Preference-Applied")).isEmpty();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
	}

	@Test
	void whatIsRefusedTakesNoPlace() {
		for (int times = 0; times < 10; times++) {
			HttpTester.problem(this.http.post("/webhook", "{\"event\":\"reply.asked\",\"key\":\"k\",\"number\":\"x\"}",
					"Content-Type", "application/json", "Prefer", "wait=15"), 422, "data-mismatch");
		}
		assertThat(this.waiters.count()).isZero();
	}

	@Test
	void whoFindsNoPlaceIsToldAtOnceThatTheEventIsStored() {
		this.gate.close();
		List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, 3)
			.mapToObj((number) -> CompletableFuture.supplyAsync(() -> hold(this.key + number, "wait=15")))
			.toList();
		soon().until(() -> this.waiters.count() == 3);
		HttpResponse<String> none = hold(this.key, "wait=15");
		assertThat(none.statusCode()).isEqualTo(202);
		assertThat(none.headers().firstValue("Preference-Applied")).isEmpty();
		this.gate.open();
		waiting.forEach((it) -> assertThat(it.join().statusCode()).isEqualTo(200));
	}

	@Test
	void severalMayWaitForOneEvent() {
		this.gate.close();
		List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, 3)
			.mapToObj((number) -> CompletableFuture.supplyAsync(() -> hold(this.key, "wait=15")))
			.toList();
		soon().until(() -> this.waiters.count() == 3);
		this.gate.open();
		waiting.forEach((it) -> assertThat(it.join().statusCode()).isEqualTo(200));
	}

	@Test
	void aClientThatGoesAwayFreesItsPlace() throws IOException {
		this.gate.close();
		List<Socket> sockets = new ArrayList<>();
		for (String head : List.of("Content-Length: %d\r\n\r\n%s",
				"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n")) {
			String body = "{\"event\":\"reply.held\",\"data\":{\"key\":\"" + this.key + "\",\"number\":1}}";
			Socket socket = this.http.connect();
			socket.getOutputStream()
				.write(("POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nPrefer: wait=19\r\n"
						+ head.formatted(body.length(), body))
					.getBytes(StandardCharsets.ISO_8859_1));
			sockets.add(socket);
		}
		soon().until(() -> this.waiters.count() == 2);
		Instant closed = Instant.now();
		for (Socket socket : sockets) {
			socket.close();
		}
		soon().until(() -> this.waiters.count() == 0);
		assertThat(Duration.between(closed, Instant.now())).as("before its time").isLessThan(Duration.ofSeconds(16));
	}

	@Test
	void whoSendsItsNextRequestMeanwhileGetsBothAnswers() throws IOException {
		this.gate.close();
		String body = "{\"event\":\"reply.held\",\"data\":{\"key\":\"" + this.key + "\",\"number\":1}}";
		try (Socket socket = this.http.connect()) {
			// Shorter than it waits: both answers come before.
			socket.setSoTimeout(15_000);
			socket.getOutputStream()
				.write(("POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nPrefer: wait=19\r\n"
						+ "Content-Length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.ISO_8859_1));
			soon().until(() -> this.waiters.count() == 1);
			socket.getOutputStream()
				.write("GET /handlers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.ISO_8859_1));
			String answers = HttpTester.readAll(socket);
			assertThat(answers).startsWith("HTTP/1.1 202")
				.contains("{\"status\":\"success\"}HTTP/1.1 200", "\"types\"");
		}
	}

	@Test
	void resultsThatMayBeGoneAreNotSaidToBeNone() {
		ask(this.key, 2, "wait=15");
		this.jdbc.update("update busbar_inbox set reached = dateadd('DAY', -8, reached) where event_id = ?", this.key);
		assertThat(ask(this.key, 2, "wait=0").statusCode()).isEqualTo(202);
	}

	@Test
	void moreResultsThanAnAnswerHoldsAreOnTheEventsWay() {
		HttpResponse<String> answer = ask(this.key, 1001, "wait=15");
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(json(ask(this.key + "-fewer", 1000, "wait=15"))).hasSize(1000);
	}

	private HttpResponse<String> ask(String id, int number, String prefer) {
		return post(id, "reply.asked", number, prefer);
	}

	private HttpResponse<String> hold(String id, String prefer) {
		return post(id, "reply.held", 1, prefer);
	}

	private HttpResponse<String> post(String id, String type, int number, String prefer, String... more) {
		List<String> headers = new ArrayList<>(List.of("Content-Type", "application/json", "ce-specversion", "1.0",
				"ce-id", id, "ce-source", "/here", "ce-type", type, "Prefer", prefer));
		headers.addAll(List.of(more));
		return this.http.post("/events", "{\"key\":\"" + this.key + "\",\"number\":" + number + "}",
				headers.toArray(String[]::new));
	}

	private HttpResponse<String> webhook(String type, int number, String prefer) {
		return this.http.post("/webhook",
				"{\"event\":\"" + type + "\",\"data\":{\"key\":\"" + this.key + "\",\"number\":" + number + "}}",
				"Content-Type", "application/json", "Prefer", prefer);
	}

	private String structured(String id) {
		return "{\"specversion\":\"1.0\",\"id\":\"" + id
				+ "\",\"source\":\"/here\",\"type\":\"reply.asked\",\"data\":{\"key\":\"" + this.key
				+ "\",\"number\":1}}";
	}

	private static JsonNode json(HttpResponse<String> answer) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(answer.body());
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20));
	}

}
