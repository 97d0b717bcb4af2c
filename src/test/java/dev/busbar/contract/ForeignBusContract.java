package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import dev.busbar.testing.AbsentBroker;
import dev.busbar.testing.Broker;
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
	void withoutABrokerTheApplicationStartsAndWorksWhenItComes() {
		String key = prefix();
		try (AbsentBroker absent = absent();
				BusbarProcess waiting = application("waiting-" + key + "group", absent.arguments()).start()) {
			assertThat(waiting.client().isReady()).isFalse();
			assertThat(waiting.startSeconds()).isLessThan(2 * process().startSeconds() + 5);
			assertThat(waiting.log().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")))
				.singleElement(InstanceOfAssertFactories.STRING)
				.contains(absent.address());
			HttpResponse<String> answer = waiting.client().post(event(key, "contract.noted", key, 1));
			assertThat(answer.statusCode()).isEqualTo(503);
			assertThat(answer.headers().firstValue("retry-after")).isPresent();
			absent.appear().run();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(waiting.client()::isReady);
			assertThat(waiting.client().post(event(key, "contract.noted", key, 1)).statusCode()).isEqualTo(202);
			awaitEffects(waiting.client(), "contract.noted", key, 1);
			assertThat(waiting.log()).doesNotContain("\tat ");
		}
	}

	/** A broker of the same kind that is not there yet. */
	abstract AbsentBroker absent();

	private static byte[] body(String key, int number) {
		return "{\"key\":\"%s\",\"number\":%d}".formatted(key, number).getBytes(StandardCharsets.UTF_8);
	}

}
