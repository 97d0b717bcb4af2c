package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.busbar.testing.AbsentBroker;
import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.ForeignClient;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises on a broker to which plain clients speak.
 */
abstract class ForeignBusContract extends SharedBusContract {

	private final ForeignClient foreign;

	ForeignBusContract(Broker broker) {
		super(broker);
		this.foreign = Objects.requireNonNull(broker.foreign());
	}

	/** The broker's plain client. */
	final ForeignClient foreign() {
		return this.foreign;
	}

	@Test
	void aForeignMessageWithoutHeadersIsHandled() throws Exception {
		String key = prefix();
		this.foreign.publish("contract.noted", Map.of(), body(key, 1));
		awaitEffects("contract.noted", key, 1);
	}

	@Test
	void aMalformedForeignMessageDoesNotBlockTheNext() throws Exception {
		String key = prefix();
		this.foreign.publish("contract.noted", Map.of(), new byte[] { '{', (byte) 0xff });
		this.foreign.publish("contract.noted", Map.of(), body(key, 2));
		awaitEffects("contract.noted", key, 1);
	}

	@Test
	void noHeaderOfAForeignMessageStopsTheHandling() throws Exception {
		String key = prefix();
		this.foreign.publish("contract.noted",
				Map.of("content_encoding", "gzip", "springBatchFormat", "lengthHeader4", "spring_json_header_types",
						"{\"x\":\"java.lang.Runtime\"}", "__TypeId__", "java.lang.Runtime",
						"spring.cloud.function.definition", "note"),
				body(key, 3));
		this.foreign.publish("contract.noted", Map.of(), body(key, 4));
		awaitEffects("contract.noted", key, 2);
		assertThat(effects(key)).hasSize(2);
	}

	@Test
	void aForeignMessageThatComesTwiceHasOneEffectWhereItsPayloadHasTheId() throws Exception {
		String key = prefix();
		for (String id : List.of("1", "1", "2")) {
			byte[] body = "{\"id\":\"%s\",\"key\":\"%s\",\"number\":0}".formatted(key + id, key)
				.getBytes(StandardCharsets.UTF_8);
			// In one partition, so that both of the first were there before the last.
			this.foreign.publish("contract.troubled", key, Map.of(), body);
		}
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(effects(key)).contains("contract.troubled " + key + " 0 " + key + "2"));
		assertThat(effects(key)).containsExactly("contract.troubled " + key + " 0 " + key + "1",
				"contract.troubled " + key + " 0 " + key + "2");
	}

	@Test
	void withoutABrokerTheApplicationStoresEventsInTheirOrderUntilItComes() {
		String key = prefix();
		try (AbsentBroker absent = absent();
				BusbarProcess waiting = application("waiting-" + key + "group", absent.arguments()).start()) {
			Awaitility.await("ready, since it stores events").until(waiting.client()::isReady);
			// Wide, since the machine may be busy: a start that waits for the broker,
			// which
			// comes only afterwards, does not end at all.
			assertThat(waiting.startSeconds()).isLessThan(2 * process().startSeconds() + 20);
			assertThat(waiting.log().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")))
				.singleElement(InstanceOfAssertFactories.STRING)
				.contains(absent.address());
			BusbarClient client = waiting.client();
			post(client, key, 0, 20);
			assertThat(client.json("/events/" + key + "0").get("state").asString()).isEqualTo("stored");
			absent.appear().run();
			// Those that come while the others are on their way, and afterwards.
			post(client, key, 20, 60);
			awaitEffects(client, "contract.noted", key, 60);
			post(client, key, 60, 70);
			awaitEffects(client, "contract.noted", key, 70);
			assertThat(client.json("/effects?prefix=" + key)).extracting((effect) -> effect.get("number").asInt())
				.containsExactlyElementsOf(IntStream.range(0, 70).boxed().toList());
			assertThat(waiting.log()).doesNotContain("\tat ");
		}
	}

	@Test
	void withoutABrokerAnInstanceThatIsToRefuseSaysSoUntilItComes() {
		String key = prefix();
		try (AbsentBroker absent = absent()) {
			List<String> arguments = new ArrayList<>(absent.arguments());
			arguments.add("--busbar.ingress.when-broker-away=refuse");
			try (BusbarProcess refusing = application("refusing-" + key + "group", arguments).start()) {
				BusbarClient client = refusing.client();
				HttpResponse<String> refused = client.post(event(key + 0, "contract.noted", key, 0));
				assertThat(refused.statusCode()).isEqualTo(503);
				assertThat(refused.headers().firstValue("Retry-After")).isPresent();
				assertThat(refused.body()).contains("urn:busbar:problem:broker-unavailable");
				assertThat(client.isReady()).isFalse();
				assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
				absent.appear().run();
				Awaitility.await().atMost(Duration.ofMinutes(2)).until(client::isReady);
				assertThat(client.post(event(key + 1, "contract.noted", key, 1)).statusCode()).isEqualTo(202);
				awaitEffects(client, "contract.noted", key, 1);
			}
		}
	}

	private static void post(BusbarClient client, String key, int from, int to) {
		for (int number = from; number < to; number++) {
			HttpResponse<String> answer = client.post(event(key + number, "contract.noted", key, number));
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
		}
	}

	/** A broker of the same kind that is not there yet. */
	abstract AbsentBroker absent();

	private static byte[] body(String key, int number) {
		return "{\"key\":\"%s\",\"number\":%d}".formatted(key, number).getBytes(StandardCharsets.UTF_8);
	}

}
