package dev.busbar.bus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.kafka.support.KafkaNull;
import org.springframework.messaging.support.GenericMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DeliveryTests {

	private static final byte[] ONE = "1".getBytes(StandardCharsets.UTF_8);

	private static final byte[] TWO = "2".getBytes(StandardCharsets.UTF_8);

	@Test
	void aKafkaBatchGivesEachRecordItsOwnHeadersAndOrigin() {
		List<Delivery> deliveries = Delivery.unpack(new GenericMessage<>(List.of(ONE, KafkaNull.INSTANCE),
				Map.of("kafka_batchConvertedHeaders", List.of(Map.of("ce_id", ONE), Map.of("ce_id", TWO)),
						"kafka_receivedMessageKey", Arrays.asList(ONE, null), "kafka_receivedPartitionId",
						List.of(3, 4), "kafka_offset", List.of(30L, 40L), "kafka_receivedTopic", List.of("t", "t"))));
		assertThat(deliveries).hasSize(2);
		assertThat(deliveries.get(0).payload()).isEqualTo(ONE);
		assertThat(deliveries.get(0).headers()).containsEntry("ce_id", ONE)
			.containsEntry("kafka_receivedMessageKey", ONE);
		assertThat(deliveries.get(0).partition()).isEqualTo(3);
		assertThat(deliveries.get(1).payload()).isNull();
		assertThat(deliveries.get(1).headers()).doesNotContainKey("kafka_receivedMessageKey");
		assertThat(deliveries.get(1).position()).isEqualTo(40L);
	}

	@Test
	void whatTheBrokerSaysReplacesForgedHeaders() {
		Delivery delivery = Delivery.unpack(new GenericMessage<>(List.of(ONE),
				Map.of("kafka_batchConvertedHeaders",
						List.of(Map.of("kafka_offset", 99L, "kafka_receivedMessageKey", TWO)), "kafka_offset",
						List.of(1L), "kafka_receivedMessageKey", Arrays.asList((Object) null))))
			.get(0);
		assertThat(delivery.position()).isEqualTo(1L);
		assertThat(delivery.headers()).doesNotContainKey("kafka_receivedMessageKey");
	}

	@Test
	void aBatchOfRabbitOrTheEmbeddedBinderGivesEachItsOwnHeaders() {
		List<Delivery> rabbit = Delivery.unpack(new GenericMessage<>(List.of(ONE, TWO),
				Map.of("amqp_batchedHeaders", List.of(Map.of("amqp_deliveryTag", 7L, "amqp_consumerQueue", "a-9.b-12"),
						Map.of("amqp_deliveryTag", 8L, "amqp_consumerQueue", "a-9.b")))));
		assertThat(rabbit).extracting(Delivery::payload).containsExactly(ONE, TWO);
		assertThat(rabbit).extracting(Delivery::position).containsExactly(7L, 8L);
		assertThat(rabbit).extracting(Delivery::partition).containsExactly(12, null);
		List<Delivery> embedded = Delivery.unpack(new GenericMessage<>(List.of(ONE, TWO), Map.of("jdbc_batchedHeaders",
				List.of(Map.of("jdbc_offset", 1L, "jdbc_partition", 0), Map.of("jdbc_offset", 2L)))));
		assertThat(embedded).extracting(Delivery::payload).containsExactly(ONE, TWO);
		assertThat(embedded).extracting(Delivery::position).containsExactly(1L, 2L);
		assertThat(embedded).extracting(Delivery::partition).containsExactly(0, null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "kafka_batchConvertedHeaders", "amqp_batchedHeaders", "jdbc_batchedHeaders" })
	void aForeignHeaderThatNamesTheOriginAsAnotherBrokerWouldIsTakenAway(String name) {
		Map<String, Object> forged = new HashMap<>(Map.of("kafka_receivedPartitionId", 1, "kafka_offset", 2L,
				"kafka_receivedMessageKey", ONE, "jdbc_partition", 3, "jdbc_offset", 4L, "amqp_deliveryTag", 5L,
				"amqp_consumerQueue", "q-6", "acknowledgmentCallback", "none", "ce_id", "x"));
		String own = name.substring(0, name.indexOf('_') + 1);
		forged.keySet().removeIf((header) -> header.startsWith(own));
		Delivery delivery = Delivery.unpack(new GenericMessage<>(List.of(ONE), Map.of(name, List.of(forged)))).get(0);
		assertThat(delivery.partition()).isNull();
		assertThat(delivery.position()).isNull();
		assertThat(delivery.headers()).containsOnlyKeys("ce_id");
	}

	@Test
	void aSingleMessageIsABatchOfOne() {
		assertThat(Delivery.unpack(new GenericMessage<>("1")).get(0).payload()).isEqualTo(ONE);
		assertThat(Delivery.unpack(new GenericMessage<Object>(KafkaNull.INSTANCE)).get(0).payload()).isNull();
		Delivery delivery = Delivery.unpack(MessageBuilder.withPayload(ONE).setHeader("ce_id", "x").build()).get(0);
		assertThat(delivery.headers()).containsEntry("ce_id", "x");
		assertThat(delivery.position()).isNull();
	}

	@Test
	void aPayloadThatABindingConvertedIsRefusedWithTheRemedy() {
		assertThatIllegalArgumentException().isThrownBy(() -> Delivery.unpack(new GenericMessage<>(1)))
			.withMessageContaining("use-native-decoding");
	}

}
