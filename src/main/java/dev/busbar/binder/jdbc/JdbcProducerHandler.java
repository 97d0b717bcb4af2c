package dev.busbar.binder.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.busbar.binder.jdbc.log.HeaderCodec;
import dev.busbar.binder.jdbc.log.LogAppender;
import dev.busbar.binder.jdbc.log.LogTopology;

import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.context.Lifecycle;
import org.springframework.integration.handler.AbstractMessageHandler;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.MimeType;

/**
 * Appends messages to a destination.
 */
final class JdbcProducerHandler extends AbstractMessageHandler implements Lifecycle {

	/** What belongs to one hop only, or would steer the application that receives it. */
	private static final Set<String> OWN = Set.of(MessageHeaders.ID, MessageHeaders.TIMESTAMP,
			BinderHeaders.PARTITION_HEADER, BinderHeaders.PARTITION_OVERRIDE, "deliveryAttempt",
			BinderHeaders.TARGET_DESTINATION);

	private final String destination;

	private final LogTopology topology;

	private final LogAppender appender;

	private final HeaderCodec headers;

	private volatile List<Integer> partitions;

	private volatile boolean running;

	JdbcProducerHandler(String destination, List<Integer> partitions, LogTopology topology, LogAppender appender,
			HeaderCodec headers) {
		this.destination = destination;
		this.partitions = partitions;
		this.topology = topology;
		this.appender = appender;
		this.headers = headers;
	}

	@Override
	protected void handleMessageInternal(Message<?> message) {
		if (!this.running) {
			throw new MessageDeliveryException(message,
					"The binding to '" + this.destination + "' is stopped; start it through /actuator/bindings.");
		}
		byte[] payload;
		if (message.getPayload() instanceof byte[] bytes) {
			payload = bytes;
		}
		else if (message.getPayload() instanceof String text) {
			payload = text.getBytes(StandardCharsets.UTF_8);
		}
		else {
			throw new MessageDeliveryException(message,
					"The payload is a " + message.getPayload().getClass().getName()
							+ "; the jdbc binder takes byte[] and String. Leave out use-native-encoding, so that "
							+ "Spring Cloud Stream converts it.");
		}
		this.appender.append(partition(message), this.headers.encode(storable(message.getHeaders())), payload);
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private int partition(Message<?> message) {
		Object given = message.getHeaders().get(BinderHeaders.PARTITION_HEADER);
		int number;
		if (given instanceof Integer chosen) {
			number = chosen;
		}
		else {
			int hash = Objects.hashCode(message.getHeaders().getId());
			number = Math.floorMod(hash, this.partitions.size());
		}
		if (number >= this.partitions.size()) {
			// Another instance may have added partitions.
			this.partitions = this.topology.partitions(this.destination);
		}
		if (number < 0 || number >= this.partitions.size()) {
			throw new MessageDeliveryException(message, "Partition " + number + " of '" + this.destination
					+ "' does not exist; it has " + this.partitions.size() + ". Raise producer.partition-count.");
		}
		return this.partitions.get(number);
	}

	private static Map<String, Object> storable(MessageHeaders all) {
		Map<String, Object> storable = new LinkedHashMap<>();
		all.forEach((name, value) -> {
			if (!OWN.contains(name) && !name.startsWith("jdbc_") && !name.startsWith("spring.cloud.")) {
				storable.put(name, (value instanceof MimeType type) ? type.toString() : value);
			}
		});
		return storable;
	}

}
