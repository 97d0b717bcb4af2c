package dev.busbar.contract.snippets;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;

/**
 * Plain clients of RabbitMQ, as docs/brokers.md shows them.
 */
final class RabbitSnippets {

	private RabbitSnippets() {
	}

	static void publish(String uri) throws Exception {
		// tag::rabbit-publish[]
		ConnectionFactory factory = new ConnectionFactory();
		factory.setUri(uri); // amqp://guest:guest@127.0.0.1:5672
		try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel()) {
			channel.confirmSelect();
			String order = "{\"orderId\":\"o-1\",\"item\":\"pen\",\"quantity\":1}";
			channel.basicPublish("order.placed", "", null, order.getBytes(StandardCharsets.UTF_8));
			channel.waitForConfirmsOrDie(5_000);
		}
		// end::rabbit-publish[]
	}

	static void publishCloudEvent(String uri) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setUri(uri);
		try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel()) {
			channel.confirmSelect();
			// tag::rabbit-cloudevent[]
			Map<String, Object> headers = new HashMap<>();
			headers.put("cloudEvents_specversion", "1.0");
			headers.put("cloudEvents_id", "rabbit-7");
			headers.put("cloudEvents_source", "/shop");
			headers.put("cloudEvents_type", "order.placed");
			BasicProperties properties = new BasicProperties.Builder().contentType("application/json")
				.deliveryMode(2)
				.headers(headers)
				.build();
			String order = "{\"orderId\":\"o-2\",\"item\":\"pen\",\"quantity\":1}";
			channel.basicPublish("order.placed", "", properties, order.getBytes(StandardCharsets.UTF_8));
			// end::rabbit-cloudevent[]
			channel.waitForConfirmsOrDie(5_000);
		}
	}

	static void subscribe(Channel channel, CompletableFuture<String> accepted) throws Exception {
		// tag::rabbit-subscribe[]
		channel.queueDeclare("my-accepted-orders", true, false, false, null);
		channel.queueBind("my-accepted-orders", "order.accepted", "#");
		channel.basicConsume("my-accepted-orders", true, (tag, message) -> {
			Object id = message.getProperties().getHeaders().get("cloudEvents_id");
			String data = new String(message.getBody(), StandardCharsets.UTF_8);
			accepted.complete(id + " " + data);
		}, (tag) -> {
		});
		// end::rabbit-subscribe[]
	}

	static void receiveHello(Channel channel, CompletableFuture<String> greeting) throws Exception {
		// tag::rabbit-hello[]
		channel.queueDeclare("hello", false, false, false, null);
		channel.basicConsume("hello", true,
				(tag, message) -> greeting.complete(new String(message.getBody(), StandardCharsets.UTF_8)), (tag) -> {
				});
		// end::rabbit-hello[]
	}

}
