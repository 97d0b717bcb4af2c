package dev.busbar.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.busbar.contract.app.ContractApplication;
import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.SocketClient;
import dev.busbar.testing.SseReader;
import dev.busbar.testing.SseReader.Received;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Busbar promises on every broker, black box: an application with Busbar as a
 * library runs as a process, and the tests speak HTTP with it. Each test has keys with a
 * prefix of its own, so that all share one process.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class BusContract {

	private static final Duration SOON = Duration.ofMinutes(2);

	private final Broker broker;

	private final BusbarProcess process;

	private final String application = "contract-" + UUID.randomUUID().toString().substring(0, 8);

	private String firstStart = "";

	BusContract(Broker broker) {
		this.broker = broker;
		List<String> arguments = new ArrayList<>(broker.arguments());
		arguments.add("--contract.halts=true");
		this.process = application(this.application, arguments);
	}

	@BeforeAll
	void startApplication() {
		this.process.startReady();
		this.firstStart = this.process.log();
	}

	/**
	 * A test that fails between a kill and its start takes no other test with it.
	 */
	@BeforeEach
	void startAgain() {
		if (!this.process.isRunning()) {
			this.process.startReady();
		}
	}

	@AfterAll
	void endAll() {
		this.process.close();
		this.broker.close();
	}

	@Test
	void aHealthyStartFitsOnAScreenWithoutWarnings() {
		assertThat(this.firstStart.lines()).hasSizeLessThanOrEqualTo(25)
			.noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR ") || line.startsWith("\tat "));
	}

	@Test
	void anEventIsConfirmedAndThenHandledByItsOneHandler() {
		String key = prefix();
		String id = key + "1";
		assertThat(client().post(event(id, "contract.noted", key, 1)).statusCode()).isEqualTo(202);
		awaitEffects("contract.noted", key, 1);
		assertThat(effects(key)).containsExactly("contract.noted " + key + " 1 " + id);
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(client().get("/events/" + id).statusCode()).isEqualTo(200));
	}

	@Test
	void aDelayedEventIsListedAndHandledNotBeforeItsTimeUnlessItIsTakenBack() {
		String key = prefix();
		long start = System.nanoTime();
		List<Map<String, Object>> events = List.of(event(key + "kept", "contract.noted", key, 1),
				event(key + "taken", "contract.noted", key, 2), event(key + "last", "contract.noted", key, 3));
		events.forEach((event) -> {
			event.put("busbardelay", event.get("id").equals(key + "last") ? "PT12S" : "PT10S");
			assertThat(client().post(event).statusCode()).isEqualTo(202);
		});
		assertThat(client().json("/scheduled?limit=1000&type=contract.noted")
			.path("events")
			.valueStream()
			.map((scheduled) -> scheduled.path("id").asString())).contains(key + "kept", key + "taken", key + "last");
		assertThat(client().json("/events/" + key + "kept").path("state").asString()).isEqualTo("scheduled");
		assertThat(client().delete("/scheduled/" + key + "taken").statusCode()).isEqualTo(204);
		assertThat(client().get("/events/" + key + "taken").statusCode()).isEqualTo(404);
		Awaitility.await().atMost(SOON).until(() -> !effects(key).isEmpty());
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
		awaitEffects("contract.noted", key, 2);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(12));
		assertThat(effects(key)).containsExactly("contract.noted " + key + " 1 " + key + "kept",
				"contract.noted " + key + " 3 " + key + "last");
	}

	@Test
	void aWebhookIsConfirmedAndThenHandled() {
		String key = prefix();
		assertThat(client().webhook(Map.of("event", "contract.noted", "data", Map.of("key", key, "number", 7))).body())
			.contains("\"status\":\"success\"");
		awaitEffects("contract.noted", key, 1);
	}

	@Test
	void severalTypesOnOneStreamKeepTheirOrder() {
		String key = prefix();
		List<String> types = List.of("contract.opened", "contract.moved", "contract.moved", "contract.closed");
		List<Map<String, Object>> events = new ArrayList<>();
		for (int number = 0; number < 200; number++) {
			events.add(event(key + number, types.get(number % types.size()), key, number));
		}
		postAll(events);
		awaitEffects("contract.closed", key, 50);
		awaitEffects("contract.moved", key, 100);
		assertThat(client().json("/effects?prefix=" + key)).extracting((effect) -> effect.get("number").asInt())
			.containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
	}

	@Test
	void aRemoteHandlerHasOneEffectInTheOrderOfItsKeyWhenAClientDies() {
		String key = prefix();
		postAll(IntStream.range(0, 3)
			.mapToObj((number) -> event(key + number, "contract.commissioned", key, number))
			.toList());
		try (SocketClient dying = SocketClient.open(client().address().getPort())) {
			dying.send("{'do':'handle','handler':'contractor'}").await("work", 1);
			dying.abort();
		}
		try (SocketClient contractor = SocketClient.open(client().address().getPort())) {
			contractor.send("{'do':'handle','handler':'contractor'}");
			for (int number = 0; number < 3; number++) {
				JsonNode work = contractor.awaitOne("work", number + 1);
				assertThat(work.path("event").path("id").asString()).isEqualTo(key + number);
				contractor.send("{'do':'handled','lease':'" + work.path("lease").asString()
						+ "','results':[{'type':'contract.noted','data':{'key':'" + key + "','number':" + number
						+ "}}]}");
				contractor.await("handled", number + 1);
			}
		}
		awaitEffects("contract.noted", key, 3);
		assertThat(client().json("/effects?prefix=" + key)).extracting((effect) -> effect.get("number").asInt())
			.containsExactly(0, 1, 2);
	}

	@Test
	void aSealedResultGoesToTheHandlerOfItsType() {
		String key = prefix();
		postAll(List.of(event(key + "a", "contract.asked", key + "a", 2),
				event(key + "b", "contract.asked", key + "b", 3)));
		awaitEffects("contract.accepted", key, 1);
		awaitEffects("contract.refused", key, 1);
		assertThat(effects(key)).contains("contract.accepted " + key + "a 2 " + key + "a",
				"contract.refused " + key + "b 3 " + key + "b");
	}

	@Test
	void whoAsksForTheResultsIsAnsweredWithThem() {
		String key = prefix();
		for (int times = 0; times < 2; times++) {
			HttpResponse<String> answer = client().ask(event(key, "contract.asked", key, 2), 20);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=20");
			JsonNode results = JsonMapper.shared().readTree(answer.body());
			assertThat(results).hasSize(1);
			assertThat(results.path(0).path("type").asString()).isEqualTo("contract.accepted");
			assertThat(results.path(0).path("causationid").asString()).isEqualTo(key);
			assertThat(results.path(0).path("data").path("key").asString()).isEqualTo(key);
		}
		HttpResponse<String> none = client().ask(event(key + "noted", "contract.noted", key, 2), 20);
		assertThat(none.statusCode()).as(none.body()).isEqualTo(200);
		assertThat(none.body()).isEqualTo("[]");
		assertThat(List.of(key, key + "noted")).as("say how long their handlers took, with results and without")
			.allSatisfy((id) -> assertThat(client().json("/events/" + id).path("handled")).singleElement()
				.satisfies((handled) -> assertThat(handled.path("durationMillis").isNumber()).isTrue()));
	}

	@Test
	void whoAsksForTheResultsOfWhatCannotBeHandledIsToldOfTheDeadLetter() {
		String key = prefix();
		HttpResponse<String> answer = client().ask(event(key, "contract.troubled", key, 1000), 25);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
		JsonNode problem = JsonMapper.shared().readTree(answer.body());
		assertThat(problem.path("type").asString()).isEqualTo("urn:busbar:problem:dead-lettered");
		assertThat(client().get("/dead-letters/" + problem.path("deadLetter").asString()).statusCode()).isEqualTo(200);
	}

	@Test
	void aBatchHandlerTakesSeveralEventsInOneCall() {
		String key = prefix();
		postAll(IntStream.range(0, 1000)
			.mapToObj((number) -> event(key + number, "contract.measured", key, number))
			.toList());
		awaitEffects("contract.measured", key, 1000);
		assertThat(client().json("/effects?prefix=" + key)).extracting((effect) -> effect.get("detail").asInt())
			.anyMatch((size) -> size > 1);
	}

	@Test
	void whatAProducerReturnsIsPublishedAndHandled() {
		String key = prefix();
		assertThat(client().post(event(key, "contract.wound", key, 7)).statusCode()).isEqualTo(202);
		awaitEffects("contract.ticked", key, 1);
		assertThat(effects(key)).hasSize(1);
	}

	@Test
	void aDeadLetterIsReplayedAndComesBackUntilItsDataIsMended() {
		String key = prefix();
		assertThat(client().post(event(key, "contract.owed", key, -1)).statusCode()).isEqualTo(202);
		JsonNode letter = awaitLetter(key, 1);
		String path = "/dead-letters/" + letter.path("id").asString();
		int attempts = letter.path("attempts").asInt();
		assertThat(client().json(path + "/replay", Map.of()).statusCode()).isEqualTo(202);
		JsonNode again = awaitLetter(key, attempts + 1);
		assertThat(again.path("id")).as("the same letter").isEqualTo(letter.path("id"));
		assertThat(effects(key)).isEmpty();
		assertThat(client().put(path + "/data", Map.of("key", key, "number", 5)).statusCode()).isEqualTo(200);
		assertThat(client().json(path + "/replay", Map.of()).statusCode()).isEqualTo(202);
		awaitEffects("contract.owed", key, 1);
		Awaitility.await().atMost(SOON).until(() -> client().json(path).path("state").asString().equals("replayed"));
		assertThat(effects(key)).as("one effect").hasSize(1);
	}

	/** The one open dead letter of a key, once it was attempted so often. */
	private JsonNode awaitLetter(String key, int attempts) {
		String path = "/dead-letters?state=open&type=contract.owed&text=" + key;
		Awaitility.await()
			.atMost(SOON)
			.until(() -> client().json(path).path("deadLetters").path(0).path("attempts").asInt(0) >= attempts);
		JsonNode letters = client().json(path).path("deadLetters");
		assertThat(letters).hasSize(1);
		return letters.path(0);
	}

	/** Several clients post at the same time, each the events of keys of its own. */
	@Test
	void eachKeyKeepsItsOrderAmongAThousand() {
		String prefix = prefix();
		CompletableFuture.allOf(IntStream.range(0, 4).mapToObj((lane) -> CompletableFuture.runAsync(() -> {
			List<Map<String, Object>> events = new ArrayList<>();
			for (int number = 0; number < 20; number++) {
				for (int key = lane; key < 1000; key += 4) {
					events.add(event(prefix + key + "-" + number, "contract.noted", prefix + key, number));
				}
			}
			postAll(events);
		})).toArray(CompletableFuture[]::new)).orTimeout(2, TimeUnit.MINUTES).join();
		awaitEffects("contract.noted", prefix, 20_000);
		Map<String, List<Integer>> byKey = new HashMap<>();
		for (JsonNode effect : client().json("/effects?prefix=" + prefix)) {
			byKey.computeIfAbsent(effect.get("key").asString(), (key) -> new ArrayList<>())
				.add(effect.get("number").asInt());
		}
		assertThat(byKey).hasSize(1000);
		assertThat(byKey.values()).containsOnly(IntStream.range(0, 20).boxed().toList());
	}

	@Test
	void differentKeysAreHandledInParallel() {
		String prefix = prefix();
		postAll(IntStream.range(0, 32)
			.mapToObj((key) -> event(prefix + key, "contract.met", prefix + key, 1))
			.toList());
		awaitEffects("contract.met", prefix, 32);
		assertThat(client().json("/effects?prefix=" + prefix)).extracting((effect) -> effect.get("detail").asString())
			.contains("together");
	}

	@Test
	void aDuplicateHasOneEffect() {
		String key = prefix();
		Map<String, Object> event = event(key, "contract.noted", key, 1);
		for (int times = 0; times < 5; times++) {
			assertThat(client().post(event).statusCode()).isEqualTo(202);
		}
		client().post(event(key + "last", "contract.noted", key, 2));
		// The last one has the same key, so that all duplicates were there before it.
		Awaitility.await()
			.atMost(SOON)
			.untilAsserted(() -> assertThat(effects(key)).anyMatch((it) -> it.contains(" 2 ")));
		assertThat(effects(key)).hasSize(2);
	}

	@Test
	void afterAFailedCommitAnEventIsHandledAgainWithOneEffect() {
		String key = prefix();
		client().post(event(key, "contract.troubled", key, 2));
		awaitEffects("contract.troubled", key, 1);
		assertThat(effects(key)).hasSize(1);
	}

	@Test
	void aProcessThatDiesBeforeItAcknowledgesHandlesOnce() {
		String key = prefix();
		postToADyingProcess(event(key, "contract.crashed", key, 1));
		Awaitility.await().atMost(SOON).until(() -> !this.process.isRunning());
		this.process.startReady();
		// Has the same key, so that a redelivered first one was there before it.
		client().post(event(key + "last", "contract.crashed", key, 2));
		awaitEffects("contract.crashed", key, 2);
		assertThat(effects(key)).containsExactly("contract.crashed " + key + " 1 " + key,
				"contract.crashed " + key + " 2 " + key + "last");
	}

	@Test
	void aBacklogOutlivesAKilledProcess() {
		String prefix = prefix();
		postAll(IntStream.range(0, 2000)
			.mapToObj((number) -> event(prefix + number, "contract.noted", prefix + (number % 50), number))
			.toList());
		this.process.kill();
		this.process.startReady();
		awaitEffects("contract.noted", prefix, 2000);
		assertThat(effects(prefix)).doesNotHaveDuplicates().hasSize(2000);
	}

	@Test
	void aBindingCanBeStoppedAndStarted() {
		String key = prefix();
		setState("contractPaused-in-0", "STOPPED");
		assertThat(client().json("/actuator/bindings/contractPaused-in-0").findValuesAsString("state"))
			.containsOnly("stopped");
		client().post(event(key + "1", "contract.paused", key, 1));
		client().post(event(key + "2", "contract.noted", key, 2));
		awaitEffects("contract.noted", key, 1);
		assertThat(effects(key)).hasSize(1);
		setState("contractPaused-in-0", "STARTED");
		awaitEffects("contract.paused", key, 1);
	}

	@Test
	void everyEventAndEveryResultIsInTheFeedInTheOrderOfItsKey() {
		String key = prefix();
		try (SseReader reader = follow(client(), "?key=" + key)) {
			List<String> types = List.of("contract.opened", "contract.moved", "contract.closed");
			postAll(IntStream.range(0, 300)
				.mapToObj((number) -> event(key + number, types.get(number % types.size()), key, number))
				.toList());
			postAll(List.of(event(key + "asked", "contract.asked", key, 2)));
			awaitEvents(reader, 302);
			assertThat(reader.events()).filteredOn((it) -> types.contains(it.type()))
				.extracting((it) -> json(it).path("data").path("number").asInt())
				.containsExactlyElementsOf(IntStream.range(0, 300).boxed().toList());
			assertThat(reader.events()).filteredOn((it) -> !types.contains(it.type()))
				.extracting(Received::type)
				.as("a cause and its result, whose streams have no order between them")
				.containsExactlyInAnyOrder("contract.asked", "contract.accepted");
		}
	}

	@Test
	void aReaderOfTheFeedResumesWithoutGapOrRepeatAfterAKill() {
		String key = prefix();
		List<Received> seen = new ArrayList<>();
		String lastId;
		try (SseReader reader = follow(client(), "?key=" + key)) {
			postAll(IntStream.range(0, 500)
				.mapToObj((number) -> event(key + number, "contract.noted", key, number))
				.toList());
			Awaitility.await().atMost(SOON).until(() -> reader.events().size() >= 50);
			this.process.kill();
			Awaitility.await().atMost(SOON).until(reader::ended);
			seen.addAll(reader.events());
			lastId = String.valueOf(reader.lastId());
		}
		this.process.startReady();
		try (SseReader reader = follow(client(), "?key=" + key, "Last-Event-ID", lastId)) {
			postAll(IntStream.range(500, 510)
				.mapToObj((number) -> event(key + number, "contract.noted", key, number))
				.toList());
			// Again, so that what comes twice would be seen.
			postAll(List.of(event(key + 0, "contract.noted", key, 0), event(key + 510, "contract.noted", key, 510)));
			awaitEvents(reader, 511 - seen.size());
			seen.addAll(reader.events());
		}
		assertThat(seen).extracting((it) -> json(it).path("data").path("number").asInt())
			.containsExactlyElementsOf(IntStream.range(0, 511).boxed().toList());
		assertThat(seen).extracting(Received::number).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void plainFunctionsOfTheUserLiveBesideTheHandlers() {
		String text = prefix();
		assertThat(client().json("/plain", Map.of("text", text)).statusCode()).isEqualTo(200);
		awaitEffects("plain", text.toUpperCase(Locale.ROOT), 1);
	}

	/**
	 * The handler may have ended the process before the answer has left it; that the
	 * event was stored is what the rest of the test shows.
	 */
	private void postToADyingProcess(Map<String, Object> event) {
		try {
			assertThat(client().post(event).statusCode()).isEqualTo(202);
		}
		catch (UncheckedIOException ex) {
			assertThat(ex.getCause()).isInstanceOf(IOException.class);
		}
	}

	final void setState(String binding, String state) {
		assertThat(client().json("/actuator/bindings/" + binding, Map.of("state", state)).statusCode()).isEqualTo(204);
	}

	/**
	 * Another application on the same broker; for subclasses whose broker can be shared.
	 */
	final BusbarProcess application(String name) {
		return application(name, this.broker.arguments());
	}

	/** Another instance of the application that the tests share. */
	final BusbarProcess secondInstance() {
		return application(this.application);
	}

	final BusbarProcess process() {
		return this.process;
	}

	/** The name of the application that the tests share, which is its group. */
	final String group() {
		return this.application;
	}

	/** The value of one of the broker's arguments. */
	final String brokerArgument(String name) {
		return this.broker.arguments()
			.stream()
			.filter((argument) -> argument.startsWith("--" + name + "="))
			.map((argument) -> argument.substring(name.length() + 3))
			.findFirst()
			.orElseThrow();
	}

	static BusbarProcess application(String name, List<String> brokerArguments) {
		List<String> arguments = new ArrayList<>(brokerArguments);
		arguments.add("--spring.application.name=" + name);
		arguments.add("--busbar.feed.enabled=true");
		arguments.add("--busbar.deliveries.allowed-networks=127.0.0.0/8");
		arguments.add("--busbar.deliveries.schedule=0s" + ",300ms".repeat(60));
		arguments.add("--busbar.deliveries.circuit.first-pause=300ms");
		arguments.add("--busbar.deliveries.circuit.max-pause=300ms");
		arguments.add("--busbar.remote.contractor.type=contract.commissioned");
		arguments.add("--busbar.remote.contractor.results=contract.noted");
		arguments.add("--busbar.handlers.contractor.retry.backoff=10ms");
		arguments.add("--busbar.producers.tick.every=200ms");
		arguments.add("--busbar.streams[contract.troubled].foreign-id=/id");
		arguments.add("--spring.cloud.function.definition=shout;hear");
		arguments.add("--spring.cloud.stream.bindings.shout-in-0.destination=plain.said");
		arguments.add("--spring.cloud.stream.bindings.shout-in-0.group=" + name);
		arguments.add("--spring.cloud.stream.bindings.shout-out-0.destination=plain.shouted");
		arguments.add("--spring.cloud.stream.bindings.hear-in-0.destination=plain.shouted");
		arguments.add("--spring.cloud.stream.bindings.hear-in-0.group=" + name);
		return BusbarProcess.library(name, ContractApplication.class, arguments);
	}

	final BusbarClient client() {
		return this.process.client();
	}

	/** A prefix for the keys and ids of one test. */
	static String prefix() {
		return UUID.randomUUID().toString().substring(0, 8) + "-";
	}

	static Map<String, Object> event(String id, String type, String key, int number) {
		return BusbarClient.event(id, type, key, Map.of("key", key, "number", number));
	}

	final void awaitEffects(String type, String prefix, long count) {
		awaitEffects(client(), type, prefix, count);
	}

	static void awaitEffects(BusbarClient client, String type, String prefix, long count) {
		Awaitility.await(count + " effects of " + type)
			.atMost(SOON.multipliedBy(2))
			.pollInterval(Duration.ofMillis(100))
			.untilAsserted(() -> assertThat(
					client.json("/effects/count?type=" + type + "&prefix=" + prefix).get("count").asLong())
				.isEqualTo(count));
	}

	static SseReader follow(BusbarClient client, String query, String... headers) {
		return SseReader.open(client.address().resolve("/feed" + query), headers);
	}

	static void awaitEvents(SseReader reader, int count) {
		Awaitility.await(count + " events of the feed")
			.atMost(SOON.multipliedBy(2))
			.untilAsserted(() -> assertThat(reader.events().size()).isGreaterThanOrEqualTo(count));
	}

	static JsonNode json(Received received) {
		return JsonMapper.shared().readTree(received.data());
	}

	/** All effects of a test, a line each, in their order. */
	final List<String> effects(String prefix) {
		List<String> lines = new ArrayList<>();
		for (JsonNode effect : client().json("/effects?prefix=" + prefix)) {
			lines.add(effect.get("type").asString() + " " + effect.get("key").asString() + " "
					+ effect.get("number").asInt() + " " + effect.get("detail").asString());
		}
		return lines;
	}

	final void postAll(List<Map<String, Object>> events) {
		for (int start = 0; start < events.size(); start += 500) {
			List<Map<String, Object>> batch = events.subList(start, Math.min(start + 500, events.size()));
			HttpResponse<String> answer = client().post(batch);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
		}
	}

}
