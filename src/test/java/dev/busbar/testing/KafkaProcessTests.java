package dev.busbar.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaProcessTests {

	@Test
	void keepsItsDataWhenItIsKilledAndStartedAgain() throws Exception {
		try (KafkaProcess kafka = KafkaProcess.onPort(FreePort.find())) {
			kafka.start();
			try (KafkaProducer<String, String> producer = new KafkaProducer<>(
					Map.of("bootstrap.servers", kafka.address(), "acks", "all"), new StringSerializer(),
					new StringSerializer())) {
				producer.send(new ProducerRecord<>("greetings", "hello")).get();
			}
			kafka.kill();
			assertThat(kafka.isRunning()).isFalse();
			kafka.start();
			try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
					Map.of("bootstrap.servers", kafka.address(), "auto.offset.reset", "earliest"),
					new StringDeserializer(), new StringDeserializer())) {
				consumer.assign(List.of(new TopicPartition("greetings", 0)));
				assertThat(consumer.poll(Duration.ofMinutes(1))).extracting(ConsumerRecord::value)
					.containsExactly("hello");
			}
		}
	}

}
