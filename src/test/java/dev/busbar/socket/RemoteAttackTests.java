package dev.busbar.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.busbar.ingress.HttpTester;
import dev.busbar.testing.SocketClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Remote handlers that their events kill, or that claim what they do not have.
 */
@SpringBootTest(classes = SocketApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = SocketApplication.PROPERTIES)
class RemoteAttackTests {

	private final List<SocketClient> clients = new ArrayList<>();

	private final String key = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@AfterEach
	void close() {
		this.clients.forEach(SocketClient::close);
	}

	@Test
	void anEventThatKillsEachClientIsADeadLetterAfterItsAttempts() {
		ask(1);
		for (int attempt = 1; attempt <= 3; attempt++) {
			SocketClient worker = worker();
			JsonNode work = worker.awaitOne("work", 1);
			assertThat(work.path("event").path("id").asString()).isEqualTo(id(1));
			assertThat(work.path("attempt").asInt()).isEqualTo(attempt);
			worker.abort();
		}
		awaitState(1, "dead");
		assertThat(trail(1).path("handled").path(0).path("attempts").asInt()).isEqualTo(3);
		assertThat(trail(1).path("deadLetters")).hasSize(1);
		ask(2);
		SocketClient next = worker();
		JsonNode work = next.awaitOne("work", 1);
		assertThat(work.path("event").path("id").asString()).isEqualTo(id(2));
		answer(next, work.path("lease").asString());
		next.await("handled", 1);
	}

	@Test
	void anInventedLeaseHasNoEffect() {
		SocketClient worker = worker();
		SocketClient forger = worker();
		ask(1);
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> worker.received("work").size() + forger.received("work").size() == 1);
		for (String lease : List.of(UUID.randomUUID().toString(), new UUID(0, 0).toString())) {
			int before = forger.received("error").size();
			answer(forger, lease);
			JsonNode error = forger.awaitOne("error", before + 1);
			assertThat(error.path("problem").path("type").asString()).isEqualTo("urn:busbar:problem:lease-lost");
		}
		assertThat(forger.received("handled")).isEmpty();
		assertThat(trail(1).path("state").asString()).isEqualTo("delayed");
		assertThat(trail(1).path("results")).isEmpty();
		SocketClient holder = worker.received("work").isEmpty() ? forger : worker;
		answer(holder, holder.received("work").get(0).path("lease").asString());
		holder.await("handled", 1);
		awaitState(1, "handled");
	}

	private SocketClient worker() {
		SocketClient client = open();
		client.send("{'do':'handle','handler':'worker','capacity':1}");
		client.await("handling", 1);
		return client;
	}

	private SocketClient open() {
		SocketClient client = SocketClient.open(this.port);
		this.clients.add(client);
		return client;
	}

	private void ask(int number) {
		SocketApplication.publish(open(), id(number), "work.asked", this.key, "{\"number\":" + number + "}");
	}

	private static void answer(SocketClient client, String lease) {
		client.send("{'do':'handled','lease':'" + lease + "','results':[{'type':'work.done','data':{}}]}");
	}

	private String id(int number) {
		return this.key + "-" + number;
	}

	private void awaitState(int number, String state) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> trail(number).path("state").asString().equals(state));
	}

	private JsonNode trail(int number) {
		return JsonMapper.shared().readTree(new HttpTester(this.port).get("/events/" + id(number)).body());
	}

}
