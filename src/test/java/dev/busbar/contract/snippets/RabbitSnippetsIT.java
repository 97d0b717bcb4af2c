package dev.busbar.contract.snippets;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.RabbitServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RabbitSnippetsIT {

	private static final RabbitServer SERVER = RabbitServer.shared();

	private static final String HOST = SERVER.createVirtualHost("busbar-snippets-" + UUID.randomUUID());

	private static final String URI = "amqp://guest:guest@" + SERVER.address() + "/" + HOST.replace("/", "%2F");

	private static final BusbarProcess APPLICATION = BusbarProcess.jar("rabbit-snippets",
			List.of("--spring.profiles.active=rabbit,examples", "--spring.rabbitmq.addresses=" + SERVER.address(),
					"--spring.rabbitmq.virtual-host=" + HOST, "--busbar.types.hello.stream=hello",
					"--busbar.rabbit.streams.hello.exchange=", "--busbar.rabbit.streams.hello.routing-key=hello",
					"--busbar.rabbit.streams.hello.declare=false"));

	private static String start = "";

	@BeforeAll
	static void start() {
		APPLICATION.startReady();
		start = APPLICATION.log();
	}

	@AfterAll
	static void stop() {
		APPLICATION.close();
		SERVER.deleteVirtualHost(HOST);
	}

	@Test
	void aHealthyStartWarnsOfNothing() {
		assertThat(start.lines()).isNotEmpty().noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR "));
	}

	/** There is no queue of it that the feed could read. */
	@Test
	void nobodyWaitsForEventsThatGoToSomebodyElsesQueue() {
		String bindings = APPLICATION.client().get("/actuator/bindings").body();
		assertThat(bindings).contains("\"orderPlacedFeed-in-0\"").doesNotContain("\"helloFeed-in-0\"");
		assertThat(APPLICATION.log()).doesNotContain("hello.busbar.feed");
	}

	@Test
	void aPlainClientSendsAnOrderAndReadsThatItWasAccepted() throws Exception {
		CompletableFuture<String> accepted = new CompletableFuture<>();
		try (Connection connection = connect(); Channel channel = connection.createChannel()) {
			RabbitSnippets.subscribe(channel, accepted);
			RabbitSnippets.publish(URI);
			assertThat(accepted.get(20, TimeUnit.SECONDS)).endsWith("{\"orderId\":\"o-1\"}").doesNotStartWith("null");
			channel.queueDelete("my-accepted-orders");
		}
	}

	@Test
	void aPlainClientSendsACloudEvent() throws Exception {
		RabbitSnippets.publishCloudEvent(URI);
		BusbarClient client = APPLICATION.client();
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(
					() -> assertThat(client.json("/events/rabbit-7").path("state").asString("")).isEqualTo("handled"));
	}

	@Test
	void aTypeIsSentToAPlainQueueByConfigurationAlone() throws Exception {
		CompletableFuture<String> greeting = new CompletableFuture<>();
		try (Connection connection = connect(); Channel channel = connection.createChannel()) {
			assertThat(hello().statusCode()).isEqualTo(502);
			RabbitSnippets.receiveHello(channel, greeting);
			assertThat(hello().statusCode()).isEqualTo(200);
			assertThat(greeting.get(20, TimeUnit.SECONDS)).isEqualTo("{\"text\":\"hi\"}");
			channel.queueDelete("hello");
		}
	}

	private static HttpResponse<String> hello() {
		return APPLICATION.client().webhook(Map.of("event", "hello", "text", "hi"));
	}

	private static Connection connect() throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setUri(URI);
		return factory.newConnection();
	}

}
