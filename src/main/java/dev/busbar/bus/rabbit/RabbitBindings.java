package dev.busbar.bus.rabbit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.rabbit.RabbitBusProperties.Destination;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The settings of RabbitMQ's binder that keep Busbar's promises. Each stream is a topic
 * exchange; each group has a durable queue per partition, with one active consumer. Where
 * it does no harm, a user's {@code spring.cloud.stream.rabbit.default.*} is kept.
 */
class RabbitBindings implements BindingDefaults {

	private static final String STREAM = "spring.cloud.stream.bindings.";

	private static final String RABBIT = "spring.cloud.stream.rabbit.bindings.";

	private static final String DEFAULT = "${spring.cloud.stream.rabbit.default.consumer.";

	/**
	 * As good as none, and one that each version takes. Each closed channel counts, and
	 * RabbitMQ 4 drops a message after 20 unless told otherwise.
	 */
	private static final String DELIVERIES = "1000000000";

	/** Names and kinds of exchanges and queues, on which both sides must agree. */
	private static final Map<String, String> NAMES_AND_KINDS = Map.of("prefix", "", "queue-name-group-only", "false",
			"exchange-type", "topic", "exchange-durable", "true", "exchange-auto-delete", "false", "delayed-exchange",
			"false");

	@Override
	public String binder() {
		return "rabbit";
	}

	@Override
	public boolean leased() {
		return true;
	}

	@Override
	public Map<String, String> input(EventStream stream, String group, int handled) {
		Map<String, String> properties = consumer(stream, stream.input(), group);
		String binding = STREAM + stream.input() + ".";
		properties.put(RABBIT + stream.input() + ".consumer.binding-routing-key", "${" + binding + "destination}");
		properties.put(binding + "consumer.partitioned", "true");
		properties.put(binding + "consumer.instance-count", String.valueOf(stream.partitions()));
		properties.put(binding + "consumer.instance-index-list",
				IntStream.range(0, stream.partitions()).mapToObj(String::valueOf).collect(Collectors.joining(",")));
		return properties;
	}

	/**
	 * Where all is somebody else's, a queue of the feed would be neither there nor fed.
	 */
	@Override
	public boolean feedable(String stream, Environment environment) {
		Destination destination = Binder.get(environment)
			.bind("busbar.rabbit.streams", Bindable.mapOf(String.class, Destination.class))
			.orElseGet(Map::of)
			.get(stream);
		return destination == null || destination.declare() || !destination.isElsewhere();
	}

	/**
	 * One queue takes what is sent to any partition: the feed need not be shared out, and
	 * a queue keeps the order of its exchange. As a required group it would get a queue
	 * per partition, so {@link FeedQueues} declares it.
	 */
	@Override
	public Map<String, String> feed(EventStream stream, String group) {
		Map<String, String> properties = consumer(stream, stream.feed(), group);
		properties.put(STREAM + stream.feed() + ".consumer.partitioned", "false");
		properties.put(RABBIT + stream.feed() + ".consumer.binding-routing-key", "#");
		properties.put(STREAM + stream.output() + ".producer.required-groups",
				stream.handled() ? "${" + STREAM + stream.input() + ".group}" : "");
		return properties;
	}

	private static Map<String, String> consumer(EventStream stream, String name, String group) {
		Map<String, String> properties = new LinkedHashMap<>();
		String binding = STREAM + name + ".";
		properties.put(binding + "destination", stream.name());
		properties.put(binding + "group", group);
		properties.put(binding + "consumer.batch-mode", "true");
		properties.put(binding + "consumer.max-attempts", "1");
		// Of several consumers of a queue one is active, so more would only take threads.
		properties.put(binding + "consumer.concurrency", "1");
		String rabbit = RABBIT + name + ".consumer.";
		// NONE loses a batch that fails, MANUAL acknowledges nothing.
		properties.put(rabbit + "acknowledge-mode", "AUTO");
		properties.put(rabbit + "durable-subscription", "true");
		properties.put(rabbit + "exclusive", "false");
		// The others know no batches.
		properties.put(rabbit + "container-type", "simple");
		properties.put(rabbit + "enable-batching", "true");
		properties.put(rabbit + "batch-size", DEFAULT + "batch-size:200}");
		// One batch is handled while another comes. The broker closes the channel on a
		// message that is not acknowledged within half an hour: handlers may take 2 s for
		// each and stay well below.
		properties.put(rabbit + "prefetch", DEFAULT + "prefetch:400}");
		// How long the consumer waits before it looks whether it is to stop.
		properties.put(rabbit + "receive-timeout", "20");
		// With republish-to-dlq and no dead letter exchange a failed batch is
		// acknowledged.
		properties.put(rabbit + "republish-to-dlq", "false");
		properties.put(rabbit + "missing-queues-fatal", "false");
		properties.put(rabbit + "recovery-interval", DEFAULT + "recovery-interval:1000}");
		declaration(properties, rabbit, stream);
		properties.put(rabbit + "single-active-consumer", "true");
		properties.put(rabbit + "quorum.enabled", "${busbar.rabbit.quorum-queues:false}");
		properties.put(rabbit + "quorum.delivery-limit", DELIVERIES);
		return properties;
	}

	/** RabbitMQ tells its clients nothing of it. */
	@Override
	public Function<EventStream, Duration> deadlines(Environment environment) {
		Duration timeout = Objects.requireNonNull(
				Binder.get(environment).bind(RabbitBusProperties.CONSUMER_TIMEOUT, Duration.class).orElse(DEADLINE));
		return (stream) -> timeout;
	}

	@Override
	public Map<String, String> output(EventStream stream, String group) {
		Map<String, String> properties = new LinkedHashMap<>();
		String binding = STREAM + stream.output() + ".";
		properties.put(binding + "destination", stream.name());
		properties.put(binding + "producer.partition-count", String.valueOf(stream.partitions()));
		// Never asked, since events do not go through the channel; without it there are
		// no queues per partition.
		properties.put(binding + "producer.partition-key-expression", "'0'");
		String rabbit = RABBIT + stream.output() + ".producer.";
		properties.put(rabbit + "binding-routing-key", "${" + binding + "destination}");
		declaration(properties, rabbit, stream);
		if (stream.handled()) {
			properties.put(binding + "producer.required-groups", group);
			// The broker refuses a second declaration that differs from the consumer's.
			String consumer = "${" + RABBIT + stream.input() + ".consumer.";
			properties.put(rabbit + "single-active-consumer", consumer + "single-active-consumer:true}");
			properties.put(rabbit + "quorum.enabled",
					consumer + "quorum.enabled:${busbar.rabbit.quorum-queues:false}}");
			properties.put(rabbit + "quorum.delivery-limit", consumer + "quorum.delivery-limit:" + DELIVERIES + "}");
		}
		return properties;
	}

	private static void declaration(Map<String, String> properties, String prefix, EventStream stream) {
		String declare = "${busbar.rabbit.streams[" + stream.name() + "].declare:true}";
		properties.put(prefix + "declare-exchange", declare);
		properties.put(prefix + "bind-queue", declare);
		properties.putAll(NAMES_AND_KINDS.entrySet()
			.stream()
			.collect(Collectors.toMap((entry) -> prefix + entry.getKey(), Map.Entry::getValue)));
	}

}
