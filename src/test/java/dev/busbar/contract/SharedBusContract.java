package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.SocketClient;
import dev.busbar.testing.SseReader;
import dev.busbar.testing.SseReader.Received;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises on a broker that several processes can share.
 */
abstract class SharedBusContract extends DeliveryContract {

	private static final int KEYS = 40;

	/** Four times what is promised, since the machine may be busy. */
	private static final Duration SOON = Duration.ofMinutes(1);

	SharedBusContract(Broker broker) {
		super(broker);
	}

	@Test
	void eachOfTwoGroupsHandlesEveryEvent() {
		String prefix = prefix();
		try (BusbarProcess other = application("other-" + prefix + "group").startReady()) {
			for (int number = 0; number < 20; number++) {
				client().post(event(prefix + number, "contract.noted", prefix + number, number));
			}
			awaitEffects("contract.noted", prefix, 20);
			awaitEffects(other.client(), "contract.noted", prefix, 20);
		}
	}

	/** All are asked of one instance, until the other has handled one of them. */
	@Test
	void theInstanceThatIsAskedAnswersAlsoWhatAnotherHasHandled() {
		String prefix = prefix();
		AtomicInteger asked = new AtomicInteger();
		Set<String> answered = new HashSet<>();
		try (BusbarProcess second = secondInstance().startReady()) {
			assertThat(second.isRunning()).isTrue();
			Awaitility.await("both instances to handle")
				.atMost(SOON.multipliedBy(2))
				.pollInterval(Duration.ofMillis(10))
				.until(() -> {
					String key = prefix + asked.getAndIncrement();
					HttpResponse<String> answer = client().ask(event(key, "contract.asked", key, 2), 25);
					if (answer.statusCode() == 202) {
						// The machine was busy for longer than it waits.
						return false;
					}
					assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
					assertThat(answer.body()).contains("contract.accepted", "\"causationid\":\"" + key + "\"");
					answered.addAll(askedProcesses(key));
					return answered.size() == 2;
				});
		}
	}

	/**
	 * One instance at least reads events for a client that the other one has: first for
	 * one at the second instance, which goes away with work in its hands, then for one at
	 * the first.
	 */
	@Test
	void aRemoteHandlerServesAllInstancesWhereverItIsConnected() {
		String prefix = prefix();
		try (BusbarProcess second = secondInstance().startReady()) {
			List<BusbarClient> both = List.of(client(), second.client());
			for (int number = 0; number < 3; number++) {
				for (int lane = 0; lane < 2; lane++) {
					assertThat(both.get((number + lane) % 2).post(commissions(prefix, lane, number)).statusCode())
						.isEqualTo(202);
				}
			}
			try (SocketClient dying = SocketClient.open(second.client().address().getPort())) {
				dying.send("{'do':'handle','handler':'contractor','capacity':100}");
				// The first ones of all keys, and then the second ones of those that it
				// has answered.
				List<JsonNode> work = dying.await("work", KEYS);
				work.subList(0, KEYS / 2).forEach((each) -> handled(dying, each));
				dying.await("handled", KEYS / 2);
				dying.await("work", KEYS + KEYS / 2);
				dying.abort();
			}
			try (SocketClient heir = SocketClient.open(client().address().getPort())) {
				heir.send("{'do':'handle','handler':'contractor','capacity':100}");
				AtomicInteger next = new AtomicInteger();
				Awaitility.await("the rest of the work").atMost(SOON.multipliedBy(2)).until(() -> {
					List<JsonNode> work = heir.received("work");
					work.subList(next.getAndSet(work.size()), work.size()).forEach((each) -> handled(heir, each));
					return heir.received("handled").size() == 3 * KEYS - KEYS / 2;
				});
				assertThat(heir.received("error")).isEmpty();
			}
			awaitEffects("contract.noted", prefix, 3 * KEYS);
		}
		Map<String, List<Integer>> byKey = new HashMap<>();
		for (JsonNode effect : client().json("/effects?prefix=" + prefix)) {
			byKey.computeIfAbsent(effect.get("key").asString(), (key) -> new ArrayList<>())
				.add(effect.get("number").asInt());
		}
		assertThat(byKey).hasSize(KEYS);
		assertThat(byKey.values()).containsOnly(List.of(0, 1, 2));
	}

	private static List<Map<String, Object>> commissions(String prefix, int lane, int number) {
		return IntStream.range(0, KEYS)
			.filter((key) -> key % 2 == lane)
			.mapToObj((key) -> event(prefix + key + "-" + number, "contract.commissioned", prefix + key, number))
			.toList();
	}

	private static void handled(SocketClient client, JsonNode work) {
		client.send("{'do':'handled','lease':'" + work.path("lease").asString()
				+ "','results':[{'type':'contract.noted','data':" + work.path("event").path("data") + "}]}");
	}

	/**
	 * Rounds of one event per key are posted all the time, so that each promise is
	 * measured under load: the second instance gets a share, and what it held when it is
	 * killed is taken over, in order.
	 */
	@Test
	void twoInstancesShareTheWorkAndOneTakesOverWhatTheOtherHeld() {
		String prefix = prefix();
		AtomicInteger rounds = new AtomicInteger();
		SseReader here = follow(client(), "?type=contract.shared");
		List<Received> there;
		try (here; BusbarProcess second = secondInstance().startReady()) {
			SseReader other = follow(second.client(), "?type=contract.shared");
			long added = System.nanoTime();
			List<BusbarClient> both = List.of(client(), second.client());
			Awaitility.await("a share for the added instance").atMost(SOON).until(() -> {
				postRound(both.get(rounds.get() % 2), prefix, rounds.getAndIncrement());
				return Set.copyOf(effects(prefix, rounds.get() - 5, rounds.get())).size() == 2;
			});
			print("an added instance has its share", added);
			Awaitility.await().atMost(SOON).until(() -> other.events().size() > KEYS);
			second.kill();
			long killed = System.nanoTime();
			there = other.events();
			int next = rounds.getAndIncrement();
			postRound(client(), prefix, next);
			Awaitility.await("what the killed instance held").atMost(SOON).until(() -> {
				postRound(client(), prefix, rounds.getAndIncrement());
				return effects(prefix, next, next).size() == KEYS;
			});
			print("what a killed instance held is taken over", killed);
			awaitEffects("contract.shared", prefix, (long) rounds.get() * KEYS);
			awaitEvents(here, rounds.get() * KEYS);
		}
		assertIsOneFeed(here.events(), there, rounds.get());
		Map<String, List<Integer>> byKey = new HashMap<>();
		for (JsonNode effect : client().json("/effects?prefix=" + prefix)) {
			byKey.computeIfAbsent(effect.get("key").asString(), (key) -> new ArrayList<>())
				.add(effect.get("number").asInt());
		}
		assertThat(byKey).hasSize(KEYS);
		assertThat(byKey.values()).containsOnly(IntStream.range(0, rounds.get()).boxed().toList());
	}

	/** Each event once, in the order of its key, and the same on both instances. */
	private static void assertIsOneFeed(List<Received> here, List<Received> there, int rounds) {
		assertThat(here).hasSize(rounds * KEYS).extracting(Received::number).isSorted().doesNotHaveDuplicates();
		Map<String, List<Integer>> byKey = new HashMap<>();
		here.forEach((it) -> byKey.computeIfAbsent(json(it).path("partitionkey").asString(), (key) -> new ArrayList<>())
			.add(json(it).path("data").path("number").asInt()));
		assertThat(byKey).hasSize(KEYS);
		assertThat(byKey.values()).containsOnly(IntStream.range(0, rounds).boxed().toList());
		int first = here.indexOf(there.get(0));
		assertThat(first).isNotNegative();
		assertThat(there).isEqualTo(here.subList(first, first + there.size()));
	}

	private static void postRound(BusbarClient client, String prefix, int number) {
		List<Map<String, Object>> round = IntStream.range(0, KEYS)
			.mapToObj((key) -> event(prefix + key + "-" + number, "contract.shared", prefix + key, number))
			.toList();
		assertThat(client.post(round).statusCode()).isEqualTo(202);
	}

	/** Which processes handled the events of some rounds. */
	private List<String> effects(String prefix, int first, int last) {
		List<String> processes = new ArrayList<>();
		for (JsonNode effect : client().json("/effects?prefix=" + prefix)) {
			if (effect.get("number").asInt() >= first && effect.get("number").asInt() <= last) {
				processes.add(effect.get("detail").asString());
			}
		}
		return processes;
	}

	/** Which processes have answered. */
	private Set<String> askedProcesses(String prefix) {
		Set<String> processes = new HashSet<>();
		for (JsonNode effect : client().json("/effects?prefix=" + prefix)) {
			if (effect.get("type").asString().equals("contract.asked")) {
				processes.add(effect.get("detail").asString());
			}
		}
		return processes;
	}

	private static void print(String what, long start) {
		System.out.printf("%s after %.1f s%n", what, (System.nanoTime() - start) / 1e9);
	}

}
