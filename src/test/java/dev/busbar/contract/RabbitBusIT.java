package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.testing.AbsentBroker;
import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RabbitBusIT extends ForeignBusContract {

	RabbitBusIT() {
		super(Broker.rabbit().onPostgresql());
	}

	@Test
	void withoutABrokerAnInstanceIsReadyUntilItsOutboxIsFull() {
		String key = prefix();
		List<String> arguments = new ArrayList<>();
		try (AbsentBroker absent = absent()) {
			arguments.addAll(absent.arguments());
			arguments.add("--busbar.outbox.max-events=2");
			try (BusbarProcess full = application("full-" + key + "group", arguments).start()) {
				BusbarClient client = full.client();
				assertThat(client.post(event(key + 0, "contract.noted", key, 0)).statusCode()).isEqualTo(202);
				assertThat(client.isReady()).isTrue();
				assertThat(client.post(event(key + 1, "contract.noted", key, 1)).statusCode()).isEqualTo(202);
				HttpResponse<String> refused = client.post(event(key + 2, "contract.noted", key, 2));
				assertThat(refused.statusCode()).isEqualTo(503);
				assertThat(refused.headers().firstValue("Retry-After")).isPresent();
				assertThat(refused.body()).contains("urn:busbar:problem:outbox-full", "holds 2 events");
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !client.isReady());
				assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
				absent.appear().run();
				awaitEffects(client, "contract.noted", key, 2);
				Awaitility.await().atMost(Duration.ofSeconds(60)).until(client::isReady);
			}
		}
	}

	@Override
	AbsentBroker absent() {
		return AbsentBroker.rabbit();
	}

}
