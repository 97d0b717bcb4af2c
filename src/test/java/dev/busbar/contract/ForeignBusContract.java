package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.busbar.testing.AbsentBroker;
import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.ForeignClient;
import org.assertj.core.api.InstanceOfAssertFactories;
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
	void withoutABrokerTheApplicationStoresEventsInTheirOrderUntilItComes() {
		String key = prefix();
		try (AbsentBroker absent = absent();
				BusbarProcess waiting = application("waiting-" + key + "group", absent.arguments()).start()) {
			assertThat(waiting.client().isReady()).as("it stores events").isTrue();
			assertThat(waiting.startSeconds()).isLessThan(2 * process().startSeconds() + 5);
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
