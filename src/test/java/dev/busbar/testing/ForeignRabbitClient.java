package dev.busbar.testing;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A plain RabbitMQ client, logged in as guest. The headers {@code content-type} and
 * {@code content-encoding} become the message's properties.
 */
record ForeignRabbitClient(String address, String virtualHost) implements ForeignClient {

	@Override
	public void publish(String destination, @Nullable String key, Map<String, String> headers, byte[] body)
			throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setHost(this.address.substring(0, this.address.indexOf(':')));
		factory.setPort(Integer.parseInt(this.address.substring(this.address.indexOf(':') + 1)));
		factory.setVirtualHost(this.virtualHost);
		try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel()) {
			channel.confirmSelect();
			Map<String, Object> others = new HashMap<>(headers);
			others.keySet().removeAll(Set.of("content-type", "content-encoding"));
			BasicProperties properties = new BasicProperties.Builder().headers(others)
				.contentType(headers.get("content-type"))
				.contentEncoding(headers.get("content-encoding"))
				.build();
			channel.basicPublish(destination, "", properties, body);
			channel.waitForConfirmsOrDie(60_000);
		}
	}

}
