package dev.busbar.bus;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.integration.acks.AcknowledgmentCallback.Status;
import org.springframework.messaging.Message;

/**
 * One message as a broker delivered it: what a batch of any binder is made of.
 *
 * @param payload the bytes, null if the message has none (a Kafka tombstone)
 * @param headers the headers of this message alone
 */
@SuppressWarnings("ArrayRecordComponent")
public record Delivery(byte @Nullable [] payload, Map<String, Object> headers) {

	/** Lists of one value per item, which Kafka's converter adds to the whole batch. */
	private static final List<String> KAFKA = List.of("kafka_receivedMessageKey", "kafka_receivedTopic",
			"kafka_receivedPartitionId", "kafka_offset", "kafka_receivedTimestamp");

	/**
	 * Lists of the items' headers, as the binders name them, and what each binder itself
	 * says there of a message's origin.
	 */
	private static final Map<String, List<String>> BATCHED = Map.of("kafka_batchConvertedHeaders", KAFKA,
			"amqp_batchedHeaders", List.of("amqp_consumerQueue", "amqp_deliveryTag"), "jdbc_batchedHeaders",
			List.of("jdbc_partition", "jdbc_offset"));

	private static final Set<String> ORIGIN = BATCHED.values()
		.stream()
		.flatMap(List::stream)
		.collect(Collectors.toUnmodifiableSet());

	private static final List<String> PARTITION = List.of("kafka_receivedPartitionId", "jdbc_partition");

	private static final List<String> POSITION = List.of("kafka_offset", "jdbc_offset", "amqp_deliveryTag");

	private static final Pattern QUEUE = Pattern.compile(".*-(\\d{1,9})", Pattern.DOTALL);

	/**
	 * Takes a message apart: a batch in the form of any of the binders (a list as
	 * payload), or a single message. What the binder says of a message (its partition,
	 * offset, topic) replaces headers of the same names that came with it, and what any
	 * other binder would say is taken away.
	 * @param message what a binding's channel was sent
	 * @return the deliveries in their order
	 * @throws IllegalArgumentException if a payload is neither bytes nor text: the
	 * binding converts, which it must not
	 */
	public static List<Delivery> unpack(Message<?> message) {
		if (!(message.getPayload() instanceof List<?> payloads)) {
			return List.of(new Delivery(bytes(message.getPayload()), present(message.getHeaders())));
		}
		List<?> batched = List.of();
		List<String> own = List.of();
		for (Map.Entry<String, List<String>> binder : BATCHED.entrySet()) {
			if (message.getHeaders().get(binder.getKey()) instanceof List<?> maps && maps.size() == payloads.size()) {
				batched = maps;
				own = binder.getValue();
			}
		}
		List<String> foreign = ORIGIN.stream().filter(Predicate.not(own::contains)).toList();
		List<Delivery> deliveries = new ArrayList<>(payloads.size());
		for (int i = 0; i < payloads.size(); i++) {
			Map<String, Object> headers = (!batched.isEmpty() && batched.get(i) instanceof Map<?, ?> item)
					? present(item) : new LinkedHashMap<>();
			foreign.forEach(headers::remove);
			for (String name : KAFKA) {
				if (message.getHeaders().get(name) instanceof List<?> values) {
					Object value = (i < values.size()) ? values.get(i) : null;
					if (value != null) {
						headers.put(name, value);
					}
					else {
						headers.remove(name);
					}
				}
			}
			deliveries.add(new Delivery(bytes(payloads.get(i)), headers));
		}
		return deliveries;
	}

	/** The partition from which the broker delivered it, null if it does not say. */
	public @Nullable Integer partition() {
		if (first(PARTITION) instanceof Number partition) {
			return partition.intValue();
		}
		Matcher queue = QUEUE.matcher((this.headers.get("amqp_consumerQueue") instanceof String name) ? name : "");
		return queue.matches() ? Integer.valueOf(queue.group(1)) : null;
	}

	/** Its position: an offset, or RabbitMQ's delivery tag; null if unknown. */
	public @Nullable Long position() {
		return (first(POSITION) instanceof Number position) ? position.longValue() : null;
	}

	/**
	 * Moves the position past this delivery, and all before it, in the running
	 * transaction, where the broker shares its database. Does nothing with another
	 * broker, which is told when the binding's channel returns.
	 * @throws AcknowledgmentException if another consumer has taken over
	 */
	public void acknowledge() {
		Object callback = this.headers.get(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK);
		if (callback instanceof AcknowledgmentCallback acknowledgment) {
			try {
				acknowledgment.acknowledge(Status.ACCEPT);
			}
			catch (DataAccessException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				throw new AcknowledgmentException(ex);
			}
		}
	}

	private @Nullable Object first(List<String> names) {
		for (String name : names) {
			if (this.headers.get(name) instanceof Number number) {
				return number;
			}
		}
		return null;
	}

	private static Map<String, Object> present(Map<?, ?> headers) {
		Map<String, Object> present = new LinkedHashMap<>();
		headers.forEach((name, value) -> {
			if (name instanceof String text && value != null && !isForgedCallback(text, value)) {
				present.put(text, value);
			}
		});
		return present;
	}

	/** Spring Integration throws when it finds one that is none. */
	private static boolean isForgedCallback(String name, Object value) {
		return name.equals(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK)
				&& !(value instanceof AcknowledgmentCallback);
	}

	private static byte @Nullable [] bytes(@Nullable Object payload) {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		// Not compared by class: Kafka's client may be absent.
		if (payload == null || payload.getClass().getSimpleName().equals("KafkaNull")) {
			return null;
		}
		throw new IllegalArgumentException("A message's payload is a " + payload.getClass().getName()
				+ ", not bytes: set 'use-native-decoding: true' for this binding");
	}

}
