package dev.busbar.contract;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
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
				Awaitility.await().until(client::isReady);
				assertThat(client.post(event(key + 1, "contract.noted", key, 1)).statusCode()).isEqualTo(202);
				HttpResponse<String> refused = client.post(event(key + 2, "contract.noted", key, 2));
				assertThat(refused.statusCode()).isEqualTo(503);
				assertThat(refused.headers().firstValue("Retry-After")).isPresent();
				assertThat(refused.body()).contains("urn:busbar:problem:outbox-full", "holds 2 events");
				Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !client.isReady());
				assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
				absent.appear().run();
				awaitEffects(client, "contract.noted", key, 2);
				Awaitility.await().atMost(Duration.ofMinutes(2)).until(client::isReady);
			}
		}
	}

	/**
	 * Without them the events would reach nobody, and be confirmed all the same, because
	 * the feed's queue takes them.
	 */
	@Test
	void queuesThatWereDeletedAreThereAgainAlsoWhileTheirBindingIsStopped() throws Exception {
		String key = prefix();
		deleteQueues("contract.paused");
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> told("contract.paused") >= 1);
		client().post(event(key + 0, "contract.paused", key, 0));
		awaitEffects("contract.paused", key, 1);
		setState("contractPaused-in-0", "STOPPED");
		int before = told("contract.paused");
		deleteQueues("contract.paused");
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> told("contract.paused") > before);
		client().post(event(key + 1, "contract.paused", key, 1));
		setState("contractPaused-in-0", "STARTED");
		awaitEffects("contract.paused", key, 2);
		// Also what foreign clients publish finds its way again.
		foreign().publish("contract.paused", Map.of(),
				"{\"key\":\"%s\",\"number\":2}".formatted(key).getBytes(StandardCharsets.UTF_8));
		awaitEffects("contract.paused", key, 3);
		Awaitility.await().until(client()::isReady);
	}

	private int told(String stream) {
		return (int) process().log()
			.lines()
			.filter((line) -> line.contains("were deleted") && line.contains(stream + "." + group()))
			.count();
	}

	private void deleteQueues(String stream) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setUri("amqp://" + brokerArgument("spring.rabbitmq.addresses"));
		factory.setVirtualHost(brokerArgument("spring.rabbitmq.virtual-host"));
		try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel()) {
			for (int partition = 0; partition < 4; partition++) {
				channel.queueDelete(stream + "." + group() + "-" + partition);
			}
		}
	}

	@Override
	AbsentBroker absent() {
		return AbsentBroker.rabbit();
	}

}
