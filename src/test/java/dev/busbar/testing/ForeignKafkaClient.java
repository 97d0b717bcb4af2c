package dev.busbar.testing;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A plain Kafka client.
 */
record ForeignKafkaClient(String address) implements ForeignClient {

	@Override
	public void publish(String destination, @Nullable String key, Map<String, String> headers, byte[] body)
			throws Exception {
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", this.address),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(destination,
					(key != null) ? key.getBytes(StandardCharsets.UTF_8) : null, body);
			headers.forEach((name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
			producer.send(message).get();
		}
	}

}
