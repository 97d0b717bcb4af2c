package dev.busbar.contract.snippets;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plain clients of Kafka, as docs/brokers.md shows them.
 */
final class KafkaSnippets {

	private KafkaSnippets() {
	}

	static void publish(String address) throws Exception {
		// tag::kafka-publish[]
		Map<String, Object> config = Map.of("bootstrap.servers", address); // 127.0.0.1:9092
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(config, new StringSerializer(),
				new StringSerializer())) {
			String order = "{\"orderId\":\"o-1\",\"item\":\"pen\",\"quantity\":1}";
			producer.send(new ProducerRecord<>("order.placed", "o-1", order)).get();
		}
		// end::kafka-publish[]
	}

	static void publishCloudEvent(String address) throws Exception {
		Map<String, Object> config = Map.of("bootstrap.servers", address);
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(config, new StringSerializer(),
				new StringSerializer())) {
			// tag::kafka-cloudevent[]
			String order = "{\"orderId\":\"o-2\",\"item\":\"pen\",\"quantity\":1}";
			ProducerRecord<String, String> message = new ProducerRecord<>("order.placed", "o-2", order);
			Map.of("specversion", "1.0", "id", "kafka-7", "source", "/shop", "type", "order.placed")
				.forEach((name, value) -> message.headers().add("ce_" + name, value.getBytes(StandardCharsets.UTF_8)));
			message.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
			producer.send(message).get();
			// end::kafka-cloudevent[]
		}
	}

	static String receive(String address) {
		// tag::kafka-subscribe[]
		Map<String, Object> config = Map.of("bootstrap.servers", address, "group.id", "my-reader", "auto.offset.reset",
				"earliest");
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(config, new StringDeserializer(),
				new StringDeserializer())) {
			consumer.subscribe(List.of("order.accepted"));
			while (true) {
				for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofSeconds(1))) {
					byte[] id = message.headers().lastHeader("ce_id").value();
					return new String(id, StandardCharsets.UTF_8) + " " + message.value();
				}
			}
		}
		// end::kafka-subscribe[]
	}

}
