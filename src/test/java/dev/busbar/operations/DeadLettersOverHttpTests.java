package dev.busbar.operations;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.event.Event;
import dev.busbar.handler.result.EventConflictException;
import dev.busbar.ingress.HttpTester;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.inbox.Inbox;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
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
import org.springframework.transaction.support.TransactionTemplate;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Dead letters from the failing handler to the replay, on the embedded broker, over HTTP
 * as a person with an API key. Each test has keys with a prefix of its own.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:operations;DB_CLOSE_DELAY=-1",
				"spring.application.name=operations", "server.address=127.0.0.1", "busbar.handling.attempts=2",
				"busbar.handling.backoff=1ms",
				// As printf %s "correct horse" | sha256sum prints it.
				"busbar.access.keys.ann={sha256}4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631" })
class DeadLettersOverHttpTests {

	private static final String[] KEY = { "X-API-Key", "correct horse", "Content-Type", "application/json" };

	private static final Duration SOON = Duration.ofMinutes(2);

	@Autowired
	private OperationsApplication application;

	@Autowired
	private DeadLetters letters;

	@Autowired
	private Archive archive;

	@Autowired
	private Inbox inbox;

	@Autowired
	private Redeliveries redeliveries;

	@Autowired
	private TransactionTemplate transaction;

	@Autowired
	private DataSource dataSource;

	private final HttpTester http;

	private final String prefix = UUID.randomUUID().toString().substring(0, 8) + "-";

	DeadLettersOverHttpTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@AfterEach
	void recover() {
		this.application.failing.clear();
	}

	@Test
	void aDeadLetterIsListedAndShownWhole() {
		JsonNode line = failed("a");
		assertThat(line.path("state").asString()).isEqualTo("open");
		assertThat(line.path("handler").asString()).isEqualTo("attempt");
		assertThat(line.path("cause").asString()).endsWith("no such key: " + this.prefix + "a").doesNotContain("\n");
		JsonNode whole = get("/dead-letters/" + line.path("id").asString());
		assertThat(whole.path("payload").toString()).isEqualTo("{\"key\":\"" + this.prefix + "a\",\"number\":1}");
		assertThat(whole.path("headers").path("ce_type").asString()
				+ whole.path("headers").path("cloudEvents_type").asString())
			.contains("ops.tried");
		assertThat(whole.path("attempts").asInt()).isEqualTo(2);
		assertThat(whole.path("cause").asString()).contains("NotToday", "\tat ");
		assertThat(whole.path("origin").path("destination").asString()).isEqualTo("ops.tried");
		assertThat(whole.path("origin").path("partition").isInt()).isTrue();
		assertThat(whole.path("actions")).isEmpty();
	}

	@Test
	void aNewDeadLetterIsToldAsAnEvent() {
		JsonNode line = failed("told");
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(this.application.told)
				.filteredOn((told) -> told.letter().equals(line.path("id").asString()))
				.singleElement()
				.satisfies((told) -> {
					assertThat(told.type()).isEqualTo("ops.tried");
					assertThat(told.eventId()).isEqualTo(this.prefix + "told");
					assertThat(told.handler()).isEqualTo("attempt");
					assertThat(told.attempts()).isEqualTo(2);
				}));
	}

	@Test
	void aReplayedEventIsHandledOnceUnderItsId() {
		String id = failed("b").path("id").asString();
		this.application.failing.clear();
		assertThat(post("/dead-letters/" + id + "/replay", "").statusCode()).isEqualTo(202);
		awaitState(id, "replayed");
		assertThat(handled()).containsExactly(this.prefix + "b " + this.prefix + "b 1");
		assertThat(get("/events/" + this.prefix + "b").path("state").asString()).isEqualTo("handled");
		JsonNode whole = get("/dead-letters/" + id);
		assertThat(whole.path("actions").path(0).path("action").asString()).isEqualTo("replay");
		assertThat(whole.path("actions").path(0).path("person").asString()).isEqualTo("ann");
		problem(post("/dead-letters/" + id + "/replay", ""), 409, "dead-letter-state");
		problem(post("/dead-letters/" + id + "/discard", "{\"reason\":\"x\"}"), 409, "dead-letter-state");
		problem(put("/dead-letters/" + id + "/data", "{}"), 409, "dead-letter-state");
	}

	@Test
	void aReplayThatFailsReturnsAsTheSameLetterWithItsCountRaised() {
		String id = failed("c").path("id").asString();
		post("/dead-letters/" + id + "/replay", "");
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(get("/dead-letters/" + id).path("attempts").asInt()).isEqualTo(4));
		awaitState(id, "open");
		assertThat(list("text=" + this.prefix)).hasSize(1);
		this.application.failing.clear();
		post("/dead-letters/" + id + "/replay", "");
		awaitState(id, "replayed");
		assertThat(handled()).hasSize(1);
	}

	@Test
	void changedDataIsReplayedAndTheOriginalKept() {
		String id = failed("d").path("id").asString();
		problem(put("/dead-letters/" + id + "/data", "{\"key\":\"x\",\"number\":\"many\"}"), 422, "data-mismatch");
		problem(put("/dead-letters/" + id + "/data", "[]"), 422, "data-mismatch");
		problem(put("/dead-letters/" + id + "/data", ""), 400, "malformed");
		String edited = "{\"key\":\"fine-" + this.prefix + "\",\"number\":2}";
		assertThat(put("/dead-letters/" + id + "/data", edited).statusCode()).isEqualTo(200);
		JsonNode whole = get("/dead-letters/" + id);
		assertThat(whole.path("payload").path("number").asInt()).isOne();
		assertThat(whole.path("editedData").toString()).isEqualTo(edited);
		assertThat(whole.path("editedBy").asString()).isEqualTo("ann");
		post("/dead-letters/" + id + "/replay", "");
		awaitState(id, "replayed");
		assertThat(this.application.handled).contains(this.prefix + "d fine-" + this.prefix + " 2");
	}

	@Test
	void aLateCopyOfWhatAPersonHasChangedOpensNothing() {
		String id = failed("r").path("id").asString();
		put("/dead-letters/" + id + "/data", "{\"key\":\"fine-" + this.prefix + "\",\"number\":2}");
		post("/dead-letters/" + id + "/replay", "");
		awaitState(id, "replayed");
		this.application.failing.clear();
		publish("r", 1);
		publish("after", 1);
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(get("/events/" + this.prefix + "after").path("state").asString())
				.isEqualTo("handled"));
		JsonNode whole = get("/dead-letters/" + id);
		assertThat(whole.path("state").asString()).isEqualTo("replayed");
		assertThat(whole.path("exception").asString()).endsWith("NotToday");
		assertThat(list("text=" + this.prefix)).hasSize(1);
	}

	@Test
	void changedDataThatFailsIsStillTheSameLetter() {
		String id = failed("e").path("id").asString();
		put("/dead-letters/" + id + "/data", "{\"key\":\"" + this.prefix + "e2\",\"number\":2}");
		post("/dead-letters/" + id + "/replay", "");
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(get("/dead-letters/" + id).path("attempts").asInt()).isEqualTo(4));
		assertThat(list("text=" + this.prefix)).hasSize(1);
		assertThat(get("/dead-letters/" + id).path("payload").path("number").asInt()).isOne();
	}

	@Test
	void discardingNeedsAReasonAndCanBeTakenBack() {
		String id = failed("f").path("id").asString();
		for (String body : List.of("", "{}", "{\"reason\":\" \"}", "{\"reason\":1}", "[", "{\"raeson\":\"x\"}")) {
			problem(post("/dead-letters/" + id + "/discard", body), 400, "malformed");
		}
		assertThat(post("/dead-letters/" + id + "/discard", "{\"reason\":\"paid by hand\"}").statusCode())
			.isEqualTo(200);
		JsonNode whole = get("/dead-letters/" + id);
		assertThat(whole.path("state").asString()).isEqualTo("discarded");
		assertThat(whole.path("actions").path(0).path("reason").asString()).isEqualTo("paid by hand");
		assertThat(list("state=open&text=" + this.prefix)).isEmpty();
		this.application.failing.clear();
		post("/dead-letters/" + id + "/replay", "");
		awaitState(id, "replayed");
	}

	@Test
	void aLetterThatStaysOnItsWayIsTakenBackByDiscardingIt() {
		DeadLetter stuck = letter(this.prefix + "s", "ops.tried", tried("s", 1), "x.Boom");
		add(stuck);
		String id = stuck.id().toString();
		Event<byte @Nullable []> event = new Event<>(this.prefix + "s", "/s", "ops.tried", null, null, null, null, null,
				"application/json", null, Map.of(), tried("s", 1));
		UUID token = UUID.randomUUID();
		this.transaction.executeWithoutResult((status) -> {
			this.inbox.replay("operations", event, token);
			this.redeliveries.add(List.of(new Redelivery(Redelivery.Kind.REPLAY, "operations", event, token,
					Instant.now().plusSeconds(3_600), null, 0, null, stuck.id(), null)));
			this.archive.move(List.of(stuck.id()), ArchivedLetter.State.REPLAYING);
		});
		assertThat(problem(post("/dead-letters/" + id + "/replay", ""), 409, "dead-letter-state").path("detail")
			.asString()).contains("discard");
		assertThat(post("/dead-letters/" + id + "/discard", "{\"reason\":\"stuck\"}").statusCode()).isEqualTo(200);
		assertThat(this.redeliveries.find(List.of(token))).isEmpty();
		assertThat(get("/events/" + this.prefix + "s").path("state").asString()).isEqualTo("dead");
		assertThat(post("/dead-letters/" + id + "/replay", "").statusCode()).isEqualTo(202);
		awaitState(id, "replayed");
		assertThat(handled()).hasSize(1);
	}

	@Test
	void whatALetterKnowsOfItsEventIsNotSaidOtherwise() {
		DeadLetter known = letter(this.prefix + "t", "ops.tried", tried("t", 1), "x.Boom");
		add(known);
		String one = "/dead-letters/" + known.id();
		for (String body : List.of("{\"id\":\"zzz\"}", "{\"source\":\"/other\"}", "{\"type\":\"ops.other\"}")) {
			problem(post(one + "/replay", body), 400, "malformed");
		}
		problem(put(one + "/data?type=ops.other", "{}"), 400, "malformed");
		assertThat(post(one + "/replay", "{\"id\":\"" + this.prefix + "t\",\"source\":\"/s\"}").statusCode())
			.isEqualTo(202);
		awaitState(known.id().toString(), "replayed");
	}

	@Test
	void pagesAreFollowedByTheirCursor() {
		for (int i = 0; i < 5; i++) {
			add(letter(this.prefix + i, "ops.tried", "{}".getBytes(StandardCharsets.UTF_8), "x.Boom"));
		}
		List<String> ids = new ArrayList<>();
		JsonNode page = get("/dead-letters?limit=2&text=" + this.prefix);
		while (page.has("next")) {
			page.path("deadLetters").forEach((line) -> ids.add(line.path("eventId").asString()));
			page = get("/dead-letters?limit=2&text=" + this.prefix + "&cursor=" + page.path("next").asString());
		}
		page.path("deadLetters").forEach((line) -> ids.add(line.path("eventId").asString()));
		assertThat(ids).hasSize(5).doesNotHaveDuplicates();
		JsonNode summary = get("/dead-letters/summary?exception=Boom&text=" + this.prefix);
		assertThat(summary.path("groups").path(0).path("count").asInt()).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "typ=x", "limit=0", "limit=1001", "limit=x", "cursor=x", "state=lost", "from=yesterday",
			"to=-999999999-01-01T00:00:00Z", "type=a&type=b", "cursor=____________________________________" })
	void whatIsNoQueryIsRefused(String query) {
		problem(this.http.get("/dead-letters?" + query, KEY), 400, "malformed");
	}

	@Test
	void whatIsNoReplayIsRefused() {
		for (String body : List.of("", "[]", "{\"typ\":\"x\"}", "{\"rate\":0}", "{\"rate\":1.5}", "{\"rate\":\"1\"}",
				"{\"dryRun\":\"yes\"}", "{} {}", "{\"type\":\"a\",\"type\":\"b\"}", "{\"from\":\"yesterday\"}",
				"{\"from\":12345}", "{\"to\":1e9}", "{\"to\":\"1893456000\"}", "{\"from\":[2030,1,1]}",
				"{\"from\":\"\"}", "{\"type\":\"\"}", "{\"text\":[\"a\"]}")) {
			problem(post("/dead-letters/replay", body), 400, "malformed");
		}
		assertThat(post("/dead-letters/replay", "{\"from\":12345}").body()).contains("'from'");
		problem(this.http.post("/dead-letters/replay", "{}", "X-API-Key", "correct horse"), 415, "unknown-format");
		problem(this.http.post("/dead-letters/replay", "{}", "Content-Type", "application/json"), 401, "unauthorized");
	}

	@Test
	void aConditionInTheQueryOfAReplayIsRefusedAndNotPassedOver() {
		add(letter(this.prefix + "q", "ops.tried", tried("q", 1), "x.Boom"));
		String one = "/dead-letters/" + list("text=" + this.prefix).get(0).path("id").asString();
		for (String address : List.of("/dead-letters/replay?type=other", "/dead-letters/replay?dryRun=true",
				one + "/replay?dryRun=true")) {
			problem(post(address, "{}"), 400, "malformed");
		}
		problem(post(one + "/discard?raeson=x", "{\"reason\":\"y\"}"), 400, "malformed");
		problem(put(one + "/data?typ=ops.tried", "{}"), 400, "malformed");
		assertThat(list("state=open&text=" + this.prefix)).hasSize(1);
	}

	@Test
	void whatIsNotThereIsNotFound() {
		for (String id : List.of(UUID.randomUUID().toString(), "x", "1-1-1-1-1")) {
			problem(this.http.get("/dead-letters/" + id, KEY), 404, "unknown-dead-letter");
			problem(post("/dead-letters/" + id + "/replay", ""), 404, "unknown-dead-letter");
			problem(put("/dead-letters/" + id + "/data", "{}"), 404, "unknown-dead-letter");
			problem(post("/dead-letters/" + id + "/discard", "{\"reason\":\"x\"}"), 404, "unknown-dead-letter");
			problem(this.http.get("/replays/" + id, KEY), 404, "unknown-replay");
			problem(this.http.send("DELETE", "/replays/" + id, new byte[0], KEY), 404, "unknown-replay");
		}
	}

	@Test
	void aConflictCannotBeReplayedUnderItsId() {
		DeadLetter conflict = letter(this.prefix + "g", "ops.tried", tried("g", 2),
				EventConflictException.class.getName());
		add(conflict);
		JsonNode problem = problem(post("/dead-letters/" + conflict.id() + "/replay", ""), 409, "dead-letter-state");
		assertThat(problem.path("detail").asString()).contains("id of its own");
		assertThat(get("/dead-letters/" + conflict.id()).path("state").asString()).isEqualTo("open");
	}

	@Test
	void aMessageThatNeverDecodedIsReplayedOnceItIsSaidWhatItIs() {
		DeadLetter broken = new DeadLetter(UUID.randomUUID(), "operations", null, null, null, null, null,
				Map.of("ce_id", this.prefix + "h", "authorization", "(hidden)"), new byte[] { (byte) 0xff },
				"dev.busbar.event.EventFormatException", "no event", 0, Instant.now(), Instant.now(),
				new DeadLetter.Origin("embedded", "elsewhere", 0, 7L));
		add(broken);
		assertThat(get("/dead-letters/" + broken.id()).path("payloadBase64").asString())
			.isEqualTo(Base64.getEncoder().encodeToString(new byte[] { (byte) 0xff }));
		problem(post("/dead-letters/" + broken.id() + "/replay", ""), 422, "unreadable-dead-letter");
		problem(post("/dead-letters/" + broken.id() + "/replay", "{\"type\":\"ops.unknown\"}"), 422,
				"unknown-event-type");
		problem(post("/dead-letters/" + broken.id() + "/replay", "{\"type\":\"ops.tried\"}"), 422, "data-mismatch");
		String data = new String(tried("h", 3), StandardCharsets.UTF_8);
		assertThat(put("/dead-letters/" + broken.id() + "/data?type=ops.tried", data).statusCode()).isEqualTo(200);
		post("/dead-letters/" + broken.id() + "/replay", "{\"id\":\"" + this.prefix + "h\",\"source\":\"/mended\"}");
		awaitState(broken.id().toString(), "replayed");
		assertThat(handled()).containsExactly(this.prefix + "h " + this.prefix + "h 3");
	}

	@Test
	void whatALetterHidesOfItsEventIsReplayedAllTheSame() {
		DeadLetter secret = new DeadLetter(UUID.randomUUID(), "operations", "attempt", "/s", this.prefix + "s",
				"ops.tried", null,
				Map.of("ce_specversion", "1.0", "ce_id", this.prefix + "s", "ce_source", "/s", "ce_type", "ops.tried",
						"ce_sessionid", "-canary", "cookie", "other"),
				tried("s", 5), "x.Boom", "x", 1, Instant.now(), Instant.now(),
				new DeadLetter.Origin("embedded", "ops.tried", 0, 9L));
		add(secret);
		assertThat(get("/dead-letters/" + secret.id()).toString()).contains("(hidden)").doesNotContain("canary");
		JdbcTemplate jdbc = new JdbcTemplate(this.dataSource);
		String withheld = jdbc.queryForObject("select withheld from busbar_dead_letter where id = ?", String.class,
				secret.id());
		assertThat(withheld).contains("canary").doesNotContain("cookie");
		jdbc.update("update busbar_dead_letter set withheld = null where id = ?", secret.id());
		JsonNode problem = problem(post("/dead-letters/" + secret.id() + "/replay", ""), 409, "dead-letter-state");
		assertThat(problem.path("detail").asString()).contains("ce_sessionid");
		jdbc.update("update busbar_dead_letter set withheld = ? where id = ?", withheld, secret.id());
		assertThat(post("/dead-letters/" + secret.id() + "/replay", "").statusCode()).isEqualTo(202);
		awaitState(secret.id().toString(), "replayed");
		assertThat(handled()).containsExactly(this.prefix + "s " + this.prefix + "s 5-canary");
	}

	@Test
	void aRefusedResultIsPublishedAgain() {
		DeadLetter refused = new DeadLetter(UUID.randomUUID(), "operations", null, "/operations", this.prefix + "i",
				"ops.tried", this.prefix + "i",
				Map.of("ce_specversion", "1.0", "ce_id", this.prefix + "i", "ce_source", "/operations", "ce_type",
						"ops.tried"),
				tried("i", 4), "dev.busbar.bus.EventRejectedException", "no queue", 1, Instant.now(), Instant.now(),
				new DeadLetter.Origin("embedded", "ops.tried", null, null));
		add(refused);
		assertThat(post("/dead-letters/" + refused.id() + "/replay", "").statusCode()).isEqualTo(202);
		awaitState(refused.id().toString(), "replayed");
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(handled()).containsExactly(this.prefix + "i " + this.prefix + "i 4"));
	}

	@Test
	void aLetterOfAnotherGroupIsNotReplayedHere() {
		DeadLetter other = letter(this.prefix + "j", "ops.tried", tried("j", 1), "x.Boom");
		this.letters.add(new DeadLetter(other.id(), "other", "h", "/s", other.eventId(), "ops.tried", null, Map.of(),
				other.payload(), "x.Boom", "x", 1, Instant.now(), Instant.now(), other.origin()));
		problem(post("/dead-letters/" + other.id() + "/replay", ""), 409, "dead-letter-state");
	}

	@Test
	void manyAreReplayedAtARateUntilItIsCancelledAndThenAll() {
		int count = 60;
		this.application.failing.add(this.prefix);
		for (int i = 0; i < count; i++) {
			publish("m" + i, i);
		}
		Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(list("text=" + this.prefix)).hasSize(count));
		this.application.failing.clear();
		String filter = "\"text\":\"" + this.prefix + "\",\"type\":\"ops.tried\"";
		JsonNode dry = json(post("/dead-letters/replay", "{" + filter + ",\"dryRun\":true}"));
		assertThat(dry.path("total").asInt()).isEqualTo(count);
		assertThat(dry.path("groups").path(0).path("handler").asString()).isEqualTo("attempt");
		assertThat(list("state=open&text=" + this.prefix)).hasSize(count);
		HttpResponse<String> slow = post("/dead-letters/replay", "{" + filter + ",\"rate\":1}");
		assertThat(slow.statusCode()).as(slow.body()).isEqualTo(202);
		String replay = slow.headers().firstValue("Location").orElseThrow();
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(get(replay).path("letters").path("replayed").asInt()).isPositive());
		assertThat(get(replay).path("state").asString()).isEqualTo("running");
		JsonNode cancelled = json(this.http.send("DELETE", replay, new byte[0], KEY));
		assertThat(cancelled.path("state").asString()).isEqualTo("cancelled");
		assertThat(cancelled.path("cancelledBy").asString()).isEqualTo("ann");
		assertThat(cancelled.path("finished").asString()).isNotEmpty();
		assertThat(cancelled.path("done").asInt()).isBetween(1, count - 1);
		int left = list("state=open&text=" + this.prefix).size();
		assertThat(left).isEqualTo(count - cancelled.path("done").asInt());
		String rest = post("/dead-letters/replay", "{" + filter + "}").headers().firstValue("Location").orElseThrow();
		Awaitility.await().atMost(SOON).untilAsserted(() -> {
			assertThat(get(rest).path("state").asString()).isEqualTo("done");
			assertThat(get(rest).path("letters").path("replayed").asInt()).isEqualTo(left);
		});
		assertThat(get(rest).path("skipped").asInt()).isZero();
		assertThat(get(rest).path("person").asString()).isEqualTo("ann");
		assertThat(get("/replays").path("replays").size()).isGreaterThanOrEqualTo(2);
		assertThat(handled()).hasSize(count).doesNotHaveDuplicates();
	}

	@Test
	void whatCannotBeReplayedIsSkippedAndSaidWhy() {
		add(letter(this.prefix + "k", "ops.tried", tried("k", 1), EventConflictException.class.getName()));
		add(letter(this.prefix + "l", "ops.tried", "{".getBytes(StandardCharsets.UTF_8), "x.Boom"));
		add(letter(this.prefix + "n", "ops.tried", tried("n", 1), "x.Boom"));
		String replay = post("/dead-letters/replay", "{\"text\":\"" + this.prefix + "\"}").headers()
			.firstValue("Location")
			.orElseThrow();
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(get(replay).path("state").asString()).isEqualTo("done"));
		assertThat(get(replay).path("done").asInt()).isOne();
		assertThat(get(replay).path("skipped").asInt()).isEqualTo(2);
		assertThat(get(replay).path("problem").asString()).isNotEmpty();
		Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(handled()).hasSize(1));
	}

	private JsonNode failed(String name) {
		this.application.failing.add(this.prefix);
		publish(name, 1);
		Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(list("text=" + this.prefix)).hasSize(1));
		return list("text=" + this.prefix).get(0);
	}

	private void publish(String name, int number) {
		HttpResponse<String> answer = this.http.post("/events", tried(name, number), "X-API-Key", "correct horse",
				"Content-Type", "application/json", "ce-specversion", "1.0", "ce-id", this.prefix + name, "ce-source",
				"/test", "ce-type", "ops.tried");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
	}

	private byte[] tried(String name, int number) {
		return ("{\"key\":\"" + this.prefix + name + "\",\"number\":" + number + "}").getBytes(StandardCharsets.UTF_8);
	}

	private void add(DeadLetter letter) {
		this.letters.add(letter);
	}

	private static DeadLetter letter(String eventId, @Nullable String type, byte[] payload, String exception) {
		return new DeadLetter(UUID.randomUUID(), "operations", "attempt", "/s", eventId, type, null, Map.of(), payload,
				exception, "boom", 1, Instant.now(), Instant.now(),
				new DeadLetter.Origin("embedded", "ops.tried", 0, 1L));
	}

	private List<String> handled() {
		return this.application.handled.stream().filter((line) -> line.startsWith(this.prefix)).toList();
	}

	private void awaitState(String id, String state) {
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(get("/dead-letters/" + id).path("state").asString()).isEqualTo(state));
	}

	private List<JsonNode> list(String query) {
		return get("/dead-letters?limit=1000&" + query).path("deadLetters").valueStream().toList();
	}

	private JsonNode get(String path) {
		return json(this.http.get(path, KEY));
	}

	private static JsonNode json(HttpResponse<String> answer) {
		assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
		return JsonMapper.shared().readTree(answer.body());
	}

	private HttpResponse<String> post(String path, String body) {
		return this.http.post(path, body, KEY);
	}

	private HttpResponse<String> put(String path, String body) {
		return this.http.send("PUT", path, body.getBytes(StandardCharsets.UTF_8), KEY);
	}

}
