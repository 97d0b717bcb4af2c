package dev.busbar.bench.floor;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.busbar.bench.floor.FloorStore.Batch;
import dev.busbar.bench.floor.Order.Result;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The floor on Kafka: a thread, a consumer and a database connection per partition, one
 * producer. A batch is what a poll gives: one transaction, then all results acknowledged
 * by all in-sync replicas, then the offset.
 */
public final class FloorKafka {

	private FloorKafka() {
	}

	public static void main(String[] args) throws Exception {
		Map<String, String> settings = Settings.of(args);
		FloorStore.create(Settings.get(settings, "database"));
		Producer<byte[], byte[]> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", Settings.get(settings, "brokers"), "acks", "all", "linger.ms", 5,
						"batch.size", 262_144, "max.request.size", 4_000_000),
				new ByteArraySerializer(), new ByteArraySerializer());
		Workers.start(Integer.parseInt(Settings.get(settings, "partitions")), (partition) -> run(settings, producer));
	}

	private static void run(Map<String, String> settings, Producer<byte[], byte[]> producer) throws Exception {
		Map<String, Object> configuration = Map.of("bootstrap.servers", Settings.get(settings, "brokers"), "group.id",
				Settings.get(settings, "group"), "enable.auto.commit", false, "auto.offset.reset", "earliest",
				"isolation.level", "read_committed", "max.poll.records", 500);
		try (FloorStore store = new FloorStore(settings);
				KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(configuration, new ByteArrayDeserializer(),
						new ByteArrayDeserializer())) {
			consumer.subscribe(List.of(Settings.get(settings, "in")));
			String out = Settings.get(settings, "out");
			while (Workers.running()) {
				List<Order> orders = new ArrayList<>();
				for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(100))) {
					orders.add(Order.read(id(message), message.value()));
				}
				if (orders.isEmpty()) {
					continue;
				}
				Batch handled = store.handle(orders);
				List<Future<RecordMetadata>> sent = new ArrayList<>();
				for (Result result : handled.results()) {
					sent.add(producer.send(message(out, result)));
				}
				producer.flush();
				for (Future<RecordMetadata> each : sent) {
					each.get(10, TimeUnit.SECONDS);
				}
				consumer.commitAsync();
				store.published(handled);
			}
			consumer.commitSync();
			store.finish();
		}
	}

	private static String id(ConsumerRecord<byte[], byte[]> message) {
		Header header = message.headers().lastHeader("ce_id");
		if (header == null) {
			throw new IllegalStateException("A message without an id");
		}
		return new String(header.value(), StandardCharsets.UTF_8);
	}

	private static ProducerRecord<byte[], byte[]> message(String topic, Result result) {
		ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic,
				result.key().getBytes(StandardCharsets.UTF_8), result.data());
		result.attributes("ce_")
			.forEach((name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
		message.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
		return message;
	}

}
