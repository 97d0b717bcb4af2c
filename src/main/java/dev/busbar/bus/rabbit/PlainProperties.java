package dev.busbar.bus.rabbit;

import java.util.LinkedHashMap;
import java.util.Map;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;

/**
 * Takes of a message's properties only what cannot stop its consumer. The stock converter
 * throws at a delivery mode other than 1 and 2, and at an {@code x-death} that holds no
 * tables: the message would come again without end, and block its queue. Headers that are
 * tables or arrays are left out, also because they may be nested without end; none of
 * them is part of an event.
 */
final class PlainProperties extends DefaultMessagePropertiesConverter {

	@Override
	public MessageProperties toMessageProperties(BasicProperties source, @Nullable Envelope envelope, String charset) {
		return super.toMessageProperties(plain(source), envelope, charset);
	}

	private static BasicProperties plain(BasicProperties source) {
		Integer mode = source.getDeliveryMode();
		BasicProperties.Builder plain = source.builder();
		if (mode != null && mode != 1 && mode != 2) {
			plain.deliveryMode(null);
		}
		if (source.getHeaders() != null) {
			plain.headers(plain(source.getHeaders()));
		}
		return plain.build();
	}

	private static Map<String, Object> plain(Map<String, Object> headers) {
		Map<String, Object> plain = new LinkedHashMap<>();
		headers.forEach((name, value) -> {
			if (value != null && !(value instanceof Map) && !(value instanceof Iterable)) {
				plain.put(name, value);
			}
		});
		return plain;
	}

}
