package dev.busbar.handler.scan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * The properties that Spring Cloud Stream needs for our streams, at the lowest rank:
 * whatever a user sets outranks them.
 */
final class DerivedProperties {

	static final String SOURCE = "busbarDerivedBindings";

	/** Whether the streams are read for the feed too. */
	private static final String FEED = "busbar.feed.enabled";

	/** What the feed's group has behind the application's name. */
	private static final String FEED_GROUP = ".feed";

	private static final String BINDINGS = "spring.cloud.stream.bindings.";

	private final ConfigurableEnvironment environment;

	DerivedProperties(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	void add(EventStreams streams, String group, FunctionBeans functions) {
		Map<String, Object> derived = new LinkedHashMap<>();
		List<BindingDefaults> brokers = brokers();
		String feed = group + FEED_GROUP;
		int handled = (int) streams.all().stream().filter(EventStream::handled).count();
		for (EventStream stream : streams.all()) {
			if (stream.handled()) {
				input(derived, stream, stream.input(), group);
				derived.put(BINDINGS + stream.input() + ".consumer.concurrency", stream.partitions());
				brokers.forEach((broker) -> derived.putAll(broker.input(stream, group, handled)));
			}
			output(derived, stream, requiredGroups(stream, group, stream.fed() ? feed : null));
			brokers.forEach((broker) -> derived.putAll(broker.output(stream, group)));
			if (stream.fed()) {
				input(derived, stream, stream.feed(), feed);
				brokers.forEach((broker) -> derived.putAll(broker.feed(stream, feed)));
			}
		}
		define(derived, functions);
		this.environment.getPropertySources().addLast(new MapPropertySource(SOURCE, derived));
	}

	/** The names of the streams that the feed reads. */
	Predicate<String> fed() {
		boolean on = feeds();
		List<BindingDefaults> brokers = brokers();
		return (stream) -> on && brokers.stream().allMatch((broker) -> broker.feedable(stream, this.environment));
	}

	/** Whether there is a feed. */
	boolean feeds() {
		return this.environment.getProperty(FEED, Boolean.class, false);
	}

	private List<BindingDefaults> brokers() {
		String selected = this.environment.getProperty("spring.cloud.stream.default-binder", "");
		return BindingDefaults.of(selected);
	}

	private static void input(Map<String, Object> derived, EventStream stream, String name, String group) {
		String binding = BINDINGS + name + ".";
		derived.put(binding + "destination", stream.name());
		derived.put(binding + "group", group);
		String consumer = binding + "consumer.";
		derived.put(consumer + "max-attempts", 1);
		derived.put(consumer + "batch-mode", true);
		derived.put(consumer + "use-native-decoding", true);
		derived.put(consumer + "partitioned", stream.partitions() > 1);
	}

	private static String requiredGroups(EventStream stream, String group, @Nullable String feed) {
		return Stream.of(stream.handled() ? group : null, feed)
			.filter(Objects::nonNull)
			.collect(Collectors.joining(","));
	}

	private static void output(Map<String, Object> derived, EventStream stream, String requiredGroups) {
		String binding = BINDINGS + stream.output() + ".";
		derived.put(binding + "destination", stream.name());
		String producer = binding + "producer.";
		derived.put(producer + "partition-count", stream.partitions());
		derived.put(producer + "use-native-encoding", true);
		if (!requiredGroups.isEmpty()) {
			derived.put(producer + "required-groups", requiredGroups);
		}
	}

	/**
	 * Spring Cloud Stream binds the only function bean by itself, and counts ours; it is
	 * told which one that is. Naming ours as ineligible would not do: it takes such a
	 * name for a part of any function's class name.
	 */
	private void define(Map<String, Object> derived, FunctionBeans functions) {
		if (functions.ours().isEmpty() || this.environment.containsProperty("spring.cloud.function.definition")
				|| this.environment.containsProperty("spring.cloud.stream.function.definition")) {
			return;
		}
		if (functions.plain().size() == 1) {
			derived.put("spring.cloud.function.definition", functions.plain().get(0));
		}
		else if (functions.plain().isEmpty()) {
			derived.put("spring.cloud.stream.function.autodetect", false);
		}
	}

}
