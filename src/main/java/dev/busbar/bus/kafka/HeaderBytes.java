package dev.busbar.bus.kafka;

import java.util.Map;

import org.apache.kafka.common.header.Headers;
import org.springframework.kafka.support.KafkaHeaderMapper;
import org.springframework.messaging.MessageHeaders;

/**
 * Leaves every header the bytes that it is. The stock mappers read some of them: a forged
 * {@code spring_json_header_types} or a short {@code kafka_deliveryAttempt} stops a
 * listener for good.
 */
final class HeaderBytes implements KafkaHeaderMapper {

	@Override
	public void toHeaders(Headers source, Map<String, Object> target) {
		source.forEach((header) -> {
			if (header.value() != null) {
				target.put(header.key(), header.value());
			}
		});
	}

	@Override
	public void fromHeaders(MessageHeaders headers, Headers target) {
		headers.forEach((name, value) -> {
			if (value instanceof byte[] bytes) {
				target.add(name, bytes);
			}
		});
	}

}
