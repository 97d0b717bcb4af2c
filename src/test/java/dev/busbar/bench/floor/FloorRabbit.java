package dev.busbar.bench.floor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import dev.busbar.bench.floor.FloorStore.Batch;
import dev.busbar.bench.floor.Order.Result;

/**
 * The floor on RabbitMQ: a thread, a channel and a database connection per partition. A
 * batch is what has come by then: one transaction, then all results confirmed together,
 * then one acknowledgment.
 */
public final class FloorRabbit {

	private static final String MOST = "500";

	private FloorRabbit() {
	}

	public static void main(String[] args) throws Exception {
		Map<String, String> settings = Settings.of(args);
		FloorStore.create(Settings.get(settings, "database"));
		ConnectionFactory factory = new ConnectionFactory();
		factory.setPort(Integer.parseInt(Settings.get(settings, "port")));
		factory.setVirtualHost(Settings.get(settings, "host"));
		Connection connection = factory.newConnection();
		String queue = Settings.get(settings, "queue");
		Workers.start(Integer.parseInt(Settings.get(settings, "partitions")),
				(partition) -> run(connection, queue + "-" + partition, settings));
	}

	private static void run(Connection connection, String queue, Map<String, String> settings) throws Exception {
		int prefetch = Integer.parseInt(settings.getOrDefault("batch", MOST));
		BlockingQueue<Delivery> deliveries = new ArrayBlockingQueue<>(prefetch);
		try (FloorStore store = new FloorStore(settings)) {
			Channel in = connection.createChannel();
			in.basicQos(prefetch);
			Channel out = connection.createChannel();
			out.confirmSelect();
			failIfUnroutable(out);
			in.basicConsume(queue, false, (tag, delivery) -> deliveries.add(delivery), (tag) -> {
			});
			List<Delivery> batch = new ArrayList<>();
			while (Workers.running()) {
				Delivery first = deliveries.poll(100, TimeUnit.MILLISECONDS);
				if (first == null) {
					continue;
				}
				batch.clear();
				batch.add(first);
				deliveries.drainTo(batch);
				List<Order> orders = new ArrayList<>(batch.size());
				for (Delivery delivery : batch) {
					orders.add(Order.read(id(delivery), delivery.getBody()));
				}
				Batch handled = store.handle(orders);
				for (Result result : handled.results()) {
					publish(out, result);
				}
				out.waitForConfirmsOrDie(10_000);
				in.basicAck(batch.get(batch.size() - 1).getEnvelope().getDeliveryTag(), true);
				store.published(handled);
			}
			store.finish();
		}
	}

	/** The broker confirms what no queue takes, too, and gives it back before. */
	static void failIfUnroutable(Channel channel) {
		channel.addReturnListener((returned) -> {
			throw new IllegalStateException("No queue takes " + returned.getRoutingKey());
		});
	}

	private static String id(Delivery delivery) {
		return String.valueOf(delivery.getProperties().getHeaders().get("cloudEvents_id"));
	}

	private static void publish(Channel out, Result result) throws IOException {
		Map<String, Object> headers = new HashMap<>(result.attributes("cloudEvents_"));
		out.basicPublish("order.accepted", "order.accepted", true,
				new BasicProperties.Builder().messageId(result.id())
					.type("order.accepted")
					.contentType("application/json")
					.deliveryMode(2)
					.headers(headers)
					.build(),
				result.data());
	}

}
