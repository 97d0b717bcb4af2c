package dev.busbar.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Sees results on the bus, as a plain client of the broker does.
 */
final class Observer {

	private static final String NUMBER = "\"orderId\":\"o-";

	private Observer() {
	}

	/**
	 * Starts to observe.
	 * @param where {@code rabbit=<port>/<virtual host>}, {@code kafka=<brokers>/<topic>},
	 * {@code database=<url>} of a log, or {@code file=<path>} that another one writes
	 * @param results is told each result
	 */
	static void start(String where, Numbers results) throws Exception {
		String value = where.substring(where.indexOf('=') + 1);
		String[] parts = value.split("/", 2);
		Results data = (bytes, nanos) -> results.seen(number(bytes), nanos);
		switch (where.substring(0, where.indexOf('='))) {
			case "rabbit" -> rabbit(Integer.parseInt(parts[0]), parts[1], data);
			case "kafka" -> inThread(() -> kafka(parts[0], parts[1], data));
			case "database" -> inThread(() -> LogObserver.run(() -> DriverManager.getConnection(value), data));
			case "file" -> inThread(() -> file(Path.of(value), results));
			default -> throw new IllegalArgumentException(where);
		}
	}

	/** The number of the order that a result is of. */
	static int number(byte[] data) {
		String text = new String(data, StandardCharsets.UTF_8);
		int start = text.indexOf(NUMBER) + NUMBER.length();
		return Integer.parseInt(text.substring(start, text.indexOf('"', start)));
	}

	private static void rabbit(int port, String host, Results results) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setPort(port);
		factory.setVirtualHost(host);
		Channel channel = factory.newConnection("bench-observer").createChannel();
		String queue = channel.queueDeclare().getQueue();
		channel.queueBind(queue, "order.accepted", "#");
		channel.basicConsume(queue, true, (tag, delivery) -> results.seen(delivery.getBody(), System.nanoTime()),
				(tag) -> {
				});
	}

	private static void kafka(String brokers, String topic, Results results) throws IOException {
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed"), new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			List<TopicPartition> partitions = consumer.partitionsFor(topic)
				.stream()
				.map((each) -> new TopicPartition(topic, each.partition()))
				.toList();
			consumer.assign(partitions);
			consumer.seekToBeginning(partitions);
			while (true) {
				for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
					results.seen(each.value(), System.nanoTime());
				}
			}
		}
	}

	private static void file(Path path, Numbers results) throws IOException {
		while (!Files.exists(path)) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
		StringBuilder line = new StringBuilder();
		try (BufferedReader file = Files.newBufferedReader(path)) {
			while (true) {
				int next = file.read();
				if (next == '\n') {
					String[] parts = line.toString().split(" ", -1);
					line.setLength(0);
					results.seen(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
				}
				else if (next >= 0) {
					line.append((char) next);
				}
				else {
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
				}
			}
		}
	}

	private static void inThread(Observing observing) {
		Thread thread = new Thread(() -> {
			try {
				observing.run();
			}
			catch (Exception ex) {
				ex.printStackTrace();
			}
		}, "observer");
		thread.setDaemon(true);
		thread.start();
	}

	/** Observes without end. */
	@FunctionalInterface
	private interface Observing {

		/** Does it. */
		void run() throws Exception;

	}

	/** Is told the data of each result, and when it was seen. */
	@FunctionalInterface
	interface Results {

		/** A result was seen. */
		void seen(byte[] data, long nanos) throws IOException;

	}

	/** Is told the number of each result, and when it was seen. */
	@FunctionalInterface
	interface Numbers {

		/** A result was seen. */
		void seen(int number, long nanos);

	}

}
