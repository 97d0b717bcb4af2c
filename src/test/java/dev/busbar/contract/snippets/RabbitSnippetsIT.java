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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(Lifecycle.PER_CLASS)
class RabbitSnippetsIT {

	private final RabbitServer server = RabbitServer.shared();

	private final String host = this.server.createVirtualHost("busbar-snippets-" + UUID.randomUUID());

	private final String uri = "amqp://guest:guest@" + this.server.address() + "/" + this.host.replace("/", "%2F");

	private final BusbarProcess application = BusbarProcess.jar("rabbit-snippets",
			List.of("--spring.profiles.active=rabbit,examples", "--spring.rabbitmq.addresses=" + this.server.address(),
					"--spring.rabbitmq.virtual-host=" + this.host, "--busbar.types.hello.stream=hello",
					"--busbar.rabbit.streams.hello.exchange=", "--busbar.rabbit.streams.hello.routing-key=hello",
					"--busbar.rabbit.streams.hello.declare=false"));

	private String start = "";

	@BeforeAll
	void start() {
		this.application.startReady();
		this.start = this.application.log();
	}

	@AfterAll
	void stop() {
		this.application.close();
		this.server.deleteVirtualHost(this.host);
	}

	@Test
	void aHealthyStartWarnsOfNothing() {
		assertThat(this.start.lines()).isNotEmpty()
			.noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR "));
	}

	/** There is no queue of it that the feed could read. */
	@Test
	void nobodyWaitsForEventsThatGoToSomebodyElsesQueue() {
		String bindings = this.application.client().get("/actuator/bindings").body();
		assertThat(bindings).contains("\"orderPlacedFeed-in-0\"").doesNotContain("\"helloFeed-in-0\"");
		assertThat(this.application.log()).doesNotContain("hello.busbar.feed");
	}

	@Test
	void aPlainClientSendsAnOrderAndReadsThatItWasAccepted() throws Exception {
		CompletableFuture<String> accepted = new CompletableFuture<>();
		try (Connection connection = connect(); Channel channel = connection.createChannel()) {
			RabbitSnippets.subscribe(channel, accepted);
			RabbitSnippets.publish(this.uri);
			assertThat(accepted.get(2, TimeUnit.MINUTES)).endsWith("{\"orderId\":\"o-1\"}").doesNotStartWith("null");
			channel.queueDelete("my-accepted-orders");
		}
	}

	@Test
	void aPlainClientSendsACloudEvent() throws Exception {
		RabbitSnippets.publishCloudEvent(this.uri);
		BusbarClient client = this.application.client();
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
			assertThat(greeting.get(2, TimeUnit.MINUTES)).isEqualTo("{\"text\":\"hi\"}");
			channel.queueDelete("hello");
		}
	}

	private HttpResponse<String> hello() {
		return this.application.client().webhook(Map.of("event", "hello", "text", "hi"));
	}

	private Connection connect() throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setUri(this.uri);
		return factory.newConnection();
	}

}
