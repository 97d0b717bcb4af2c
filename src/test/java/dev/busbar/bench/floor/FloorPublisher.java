package dev.busbar.bench.floor;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import dev.busbar.bench.floor.Order.Result;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Publishes events, and returns when they are stored. On RabbitMQ and in the log those
 * that wait are sent and confirmed together; Kafka's client does that by itself.
 */
interface FloorPublisher {

	/** Returns when all are stored. */
	void publish(List<Result> events) throws Exception;

	/** The publisher of a broker, by what the settings name. */
	static FloorPublisher of(Map<String, String> settings) throws Exception {
		if (settings.containsKey("brokers")) {
			return kafka(settings);
		}
		return settings.containsKey("host") ? rabbit(settings) : log(settings);
	}

	private static FloorPublisher kafka(Map<String, String> settings) {
		KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers",
				Settings.get(settings, "brokers"), "acks", "all", "linger.ms", 0, "batch.size", 262_144),
				new ByteArraySerializer(), new ByteArraySerializer());
		// One that handles, too, has results to publish: its events are its input.
		String topic = Settings.get(settings, settings.containsKey("in") ? "in" : "out");
		return (events) -> {
			List<Future<?>> sent = new ArrayList<>(events.size());
			for (Result event : events) {
				ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic,
						event.key().getBytes(StandardCharsets.UTF_8), event.data());
				event.attributes("ce_")
					.forEach((name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
				message.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
				sent.add(producer.send(message));
			}
			for (Future<?> each : sent) {
				each.get();
			}
		};
	}

	private static FloorPublisher rabbit(Map<String, String> settings) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setPort(Integer.parseInt(Settings.get(settings, "port")));
		factory.setVirtualHost(Settings.get(settings, "host"));
		Channel channel = factory.newConnection().createChannel();
		channel.confirmSelect();
		FloorRabbit.failIfUnroutable(channel);
		int partitions = Integer.parseInt(settings.getOrDefault("partitions", "0"));
		return together((events) -> {
			for (Result event : events) {
				Map<String, Object> headers = new HashMap<>(event.attributes("cloudEvents_"));
				channel.basicPublish(event.type(), route(event, partitions), true,
						new BasicProperties.Builder().messageId(event.id())
							.type(event.type())
							.contentType("application/json")
							.deliveryMode(2)
							.headers(headers)
							.build(),
						event.data());
			}
			channel.waitForConfirmsOrDie(10_000);
		});
	}

	/** Where nobody handles there are no partitions. */
	private static String route(Result event, int partitions) {
		return (partitions == 0) ? event.type() : event.type() + "-"
				+ Utils.toPositive(Utils.murmur2(event.key().getBytes(StandardCharsets.UTF_8))) % partitions;
	}

	private static FloorPublisher log(Map<String, String> settings) throws Exception {
		Connection connection = DriverManager.getConnection(Settings.get(settings, "database"));
		connection.setAutoCommit(false);
		FloorLog log = new FloorLog(connection, "order.placed");
		return together((events) -> {
			log.append(events);
			connection.commit();
			log.sync();
			Workers.wake();
		});
	}

	private static FloorPublisher together(FloorPublisher publisher) {
		BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
		Thread thread = new Thread(() -> {
			List<Waiting> group = new ArrayList<>();
			while (true) {
				try {
					group.clear();
					group.add(queue.take());
					queue.drainTo(group, 500);
					publisher.publish(group.stream().flatMap((each) -> each.events().stream()).toList());
					group.forEach((each) -> each.stored().complete(null));
				}
				catch (Exception ex) {
					group.forEach((each) -> each.stored().completeExceptionally(ex));
				}
			}
		}, "publisher");
		thread.setDaemon(true);
		thread.start();
		return (events) -> {
			Waiting waiting = new Waiting(events, new CompletableFuture<>());
			queue.add(waiting);
			waiting.stored().get();
		};
	}

	/** Events whose sender waits. */
	record Waiting(List<Result> events, CompletableFuture<Void> stored) {
	}

}
