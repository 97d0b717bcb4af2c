package dev.busbar.bus.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.stream.binder.kafka.properties.KafkaBindingProperties;
import org.springframework.core.env.Environment;

/**
 * The settings that close Kafka's traps, for Busbar's own bindings alone.
 */
public final class KafkaBindings implements BindingDefaults {

	/** The bean that gives a batch and its headers as bytes, whatever they say. */
	static final String CONVERTER = "busbarKafkaConverter";

	/** The bean that tries a failed batch again until it succeeds. */
	static final String ERROR_HANDLER = "busbarKafkaErrorHandler";

	private static final String STREAM = "spring.cloud.stream.bindings.";

	private static final String KAFKA = "spring.cloud.stream.kafka.bindings.";

	private static final String COMMON = "${spring.cloud.stream.kafka.binder.consumer-properties.";

	private static final String REPORTERS = "metric.reporters";

	/** What a user has set, at whatever level, or nothing. */
	private static final String REPORTERS_IF_SET = COMMON + REPORTERS
			+ ":${spring.cloud.stream.kafka.binder.configuration." + REPORTERS + ":${spring.kafka.consumer.properties."
			+ REPORTERS + ":${spring.kafka.properties." + REPORTERS + ":}}}}";

	private static final String MAX_POLL_INTERVAL = "max.poll.interval.ms";

	/**
	 * A consumer does not poll while one of its partitions waits, so each partition has
	 * one of its own; each costs two threads, connections and half a megabyte, so not
	 * without end.
	 */
	private static final int CONSUMERS = 16;

	/** Of all streams together, in equal shares; a stream has at least one. */
	private static final int CONSUMERS_OF_ALL = 256;

	@Override
	public String binder() {
		return "kafka";
	}

	@Override
	public Map<String, String> input(EventStream stream, String group, int handled) {
		int share = Math.max(1, Math.min(CONSUMERS, CONSUMERS_OF_ALL / handled));
		return consumer(stream, stream.input(), group, Math.min(share, stream.partitions()));
	}

	/** One consumer is enough: all that the feed takes is written one after the other. */
	@Override
	public Map<String, String> feed(EventStream stream, String group) {
		return consumer(stream, stream.feed(), group, 1);
	}

	private static Map<String, String> consumer(EventStream stream, String name, String group, int concurrency) {
		Map<String, String> properties = new LinkedHashMap<>();
		String binding = STREAM + name + ".";
		properties.put(binding + "destination", stream.name());
		// A group per stream: while a group divides its partitions anew, all of it stands
		// still until the slowest handler has come to its end.
		properties.put(binding + "group", group + "." + stream.name());
		properties.put(binding + "consumer.batch-mode", "true");
		properties.put(binding + "consumer.concurrency", String.valueOf(concurrency));
		String kafka = KAFKA + name + ".consumer.";
		// Stock batch listeners ignore 'header-mapper-bean-name' and read types from
		// headers.
		properties.put(kafka + "converter-bean-name", CONVERTER);
		// The stock error handler skips a batch after ten tries.
		properties.put(kafka + "common-error-handler-bean-name", ERROR_HANDLER);
		// Not for each poll: see KafkaContainers. What an idle consumer owes is committed
		// when its poll ends.
		properties.put(kafka + "ack-mode", "COUNT_TIME");
		properties.put(kafka + "poll-timeout", "1000");
		// An event that was published before this group first started is still its own.
		properties.put(kafka + "start-offset", "earliest");
		String client = kafka + "configuration.";
		properties.put(client + "key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
		properties.put(client + "value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
		properties.put(client + "isolation.level", "read_committed");
		// Not JMX, to which each metric registers its group anew: Micrometer has them
		// all.
		properties.put(client + REPORTERS, REPORTERS_IF_SET);
		properties.put(client + "max.poll.records", COMMON + "max.poll.records:200}");
		// Handlers may take 9 s for each; that a process has died shows by its
		// heartbeats.
		properties.put(client + MAX_POLL_INTERVAL, COMMON + MAX_POLL_INTERVAL + ":" + DEADLINE.toMillis() + "}");
		// What a killed process held is taken over after this time, the shortest that
		// brokers allow by default; Kafka's own default is 45 s.
		properties.put(client + "session.timeout.ms", COMMON + "session.timeout.ms:6000}");
		// How soon a consumer learns that others came or went.
		properties.put(client + "heartbeat.interval.ms", COMMON + "heartbeat.interval.ms:500}");
		// Partitions go to members in the order of their names, so that the consumers of
		// all instances take turns. A sticky assignor would leave all to the first
		// instance, which has a consumer for each partition.
		properties.put(client + "partition.assignment.strategy",
				COMMON + "partition.assignment.strategy:" + "org.apache.kafka.clients.consumer.RangeAssignor}");
		properties.put(client + "client.id", name.substring(0, name.length() - "-in-0".length()));
		return properties;
	}

	@Override
	public Function<EventStream, Duration> deadlines(Environment environment) {
		Map<String, KafkaBindingProperties> bindings = KafkaSettings.bindings(Binder.get(environment));
		return (stream) -> deadline(bindings.getOrDefault(stream.input(), new KafkaBindingProperties()));
	}

	private static Duration deadline(KafkaBindingProperties binding) {
		String interval = binding.getConsumer().getConfiguration().getOrDefault(MAX_POLL_INTERVAL, "");
		try {
			return Duration.ofMillis(Long.parseLong(interval.trim()));
		}
		catch (NumberFormatException ex) {
			// Kafka says what is wrong with it, when the binding is bound.
			return DEADLINE;
		}
	}

	@Override
	public Map<String, String> output(EventStream stream, String group) {
		Map<String, String> properties = new LinkedHashMap<>();
		String binding = STREAM + stream.output() + ".";
		properties.put(binding + "destination", stream.name());
		return properties;
	}

}
