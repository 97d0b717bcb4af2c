package dev.busbar.handler.scan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventType;
import dev.busbar.handler.InvalidHandlerException;
import dev.busbar.handler.StreamProperties;
import dev.busbar.handler.remote.RemoteProperties.RemoteHandler;
import org.jspecify.annotations.Nullable;

/**
 * What the function beans, the application's packages and the configuration declare:
 * event types, who handles them, and the streams on which they travel.
 */
final class Declarations {

	private final Map<String, EventDefinition> types = new LinkedHashMap<>();

	private final Map<String, String> handlers = new LinkedHashMap<>();

	private final StreamProperties properties;

	Declarations(List<FunctionBean> functions, List<Class<?>> classes, List<Class<?>> builtIn,
			StreamProperties properties, Map<String, RemoteHandler> remote) {
		this.properties = properties;
		for (FunctionBean function : functions) {
			function.input().dataClasses().forEach((type) -> handle(function, type));
			function.output().dataClasses().forEach((type) -> declare(function.name(), type));
		}
		Set<String> used = Set.copyOf(this.types.keySet());
		classes.forEach((type) -> declare(used, type));
		properties.types().forEach((name, type) -> {
			String stream = (type.stream() != null) ? type.stream() : name;
			EventDefinition known = this.types.putIfAbsent(name, new EventDefinition(name, stream, Map.class));
			if (known != null) {
				throw new InvalidHandlerException("The event type '%s' is declared by busbar.types and by the class %s."
					.formatted(name, known.dataClass().getName()), "Remove it from busbar.types.");
			}
		});
		remote.forEach((name, handler) -> {
			if (functions.stream().anyMatch((function) -> function.name().equals(name))) {
				throw new InvalidHandlerException(
						"The remote handler '%s' has the name of a function bean.".formatted(name),
						"Give one of them another name.");
			}
			handle(name, handler);
		});
		// Whoever has declared one of their names himself has the say.
		builtIn.stream()
			.map(Declarations::definition)
			.forEach((definition) -> this.types.putIfAbsent(definition.name(), definition));
	}

	private void handle(String name, RemoteHandler handler) {
		declareOpen(handler.handles());
		handler.results().forEach(this::declareOpen);
		String other = this.handlers.put(handler.handles(), name);
		if (other != null) {
			throw new InvalidHandlerException("The event type '%s' has two handlers: '%s' and the remote handler '%s'."
				.formatted(handler.handles(), other, name), "Keep one of them.");
		}
	}

	/** Declares a type unless it is: without a class its data is any JSON object. */
	private void declareOpen(String type) {
		this.types.putIfAbsent(type, new EventDefinition(type, type, Map.class));
	}

	private void handle(FunctionBean function, Class<?> dataClass) {
		String type = declare(function.name(), dataClass);
		String other = this.handlers.put(type, function.name());
		if (other != null) {
			throw new InvalidHandlerException(
					"The event type '%s' (%s) has two handlers: the beans '%s' and '%s'.".formatted(type,
							dataClass.getName(), other, function.name()),
					"Keep one of them. For a second effect, let the first return a result that the second handles.");
		}
	}

	/** A class that a bean uses is the one that counts; tests like to have others. */
	private void declare(Set<String> used, Class<?> dataClass) {
		EventDefinition definition = definition(dataClass);
		if (used.contains(definition.name())) {
			return;
		}
		EventDefinition known = this.types.putIfAbsent(definition.name(), definition);
		if (known != null) {
			throw new InvalidHandlerException(
					"The event type '%s' is declared by two classes that no function bean uses: %s and %s."
						.formatted(definition.name(), known.dataClass().getName(), dataClass.getName()),
					"Give each class an event type of its own, or take one out of the packages that are scanned "
							+ "(busbar.event-packages).");
		}
	}

	private static EventDefinition definition(Class<?> dataClass) {
		EventType annotation = dataClass.getAnnotation(EventType.class);
		String name = annotation.value();
		return new EventDefinition(name, annotation.stream().isEmpty() ? name : annotation.stream(), dataClass);
	}

	private String declare(String bean, Class<?> dataClass) {
		EventDefinition definition = definition(dataClass);
		String name = definition.name();
		EventDefinition known = this.types.putIfAbsent(name, definition);
		if (known != null && known.dataClass() != dataClass) {
			throw new InvalidHandlerException(
					"The event type '%s' is declared by two classes: %s and %s (used by the bean '%s').".formatted(name,
							known.dataClass().getName(), dataClass.getName(), bean),
					"Give each class an event type of its own, or use one class in both places.");
		}
		return name;
	}

	Collection<EventDefinition> types() {
		return this.types.values();
	}

	Map<String, String> handlers() {
		return Map.copyOf(this.handlers);
	}

	/**
	 * The streams of all types.
	 * @param reserved names of beans that have bindings of their own
	 * @param fed whether the stream of a name has a binding for the feed too
	 */
	EventStreams streams(Set<String> reserved, Predicate<String> fed) {
		Map<String, Set<String>> typesOf = new TreeMap<>();
		this.types.values()
			.forEach(
					(type) -> typesOf.computeIfAbsent(type.stream(), (name) -> new LinkedHashSet<>()).add(type.name()));
		Map<String, String> prefixes = new LinkedHashMap<>();
		List<EventStream> streams = new ArrayList<>();
		typesOf.forEach((name, types) -> {
			String prefix = BindingNames.prefix(name);
			refuseCollision(name, prefix, prefixes.put(prefix, name), reserved);
			boolean handled = types.stream().anyMatch(this.handlers::containsKey);
			streams
				.add(new EventStream(name, prefix, types, this.properties.partitionsOf(name), handled, fed.test(name)));
		});
		streams.stream().filter(EventStream::fed).forEach((stream) -> refuseFeedCollision(stream, prefixes, reserved));
		return new EventStreams(streams);
	}

	private static void refuseFeedCollision(EventStream stream, Map<String, String> prefixes, Set<String> reserved) {
		String prefix = stream.bindingPrefix() + "Feed";
		String other = prefixes.get(prefix);
		if (other != null || reserved.contains(prefix)) {
			throw new InvalidHandlerException(
					"The feed's binding of the stream '%s' is '%s', which the %s '%s' has too.".formatted(stream.name(),
							stream.feed(), (other != null) ? "stream" : "function bean",
							(other != null) ? other : prefix),
					"Rename one of them, or set busbar.feed.enabled=false.");
		}
	}

	private void refuseCollision(String stream, String prefix, @Nullable String other, Set<String> reserved) {
		if (prefix.isEmpty()) {
			throw new InvalidHandlerException(
					"The stream '%s' has no letter or digit to name its bindings by.".formatted(stream),
					"Rename the event type or the stream.");
		}
		if (other != null) {
			throw new InvalidHandlerException(
					"The streams '%s' and '%s' would both have the bindings '%s-in-0' and '%s-out-0'.".formatted(other,
							stream, prefix, prefix),
					"Rename one of the event types or streams.");
		}
		if (reserved.contains(prefix)) {
			throw new InvalidHandlerException(
					"The stream '%s' has the bindings '%s-in-0' and '%s-out-0', which the function bean '%s' has too."
						.formatted(stream, prefix, prefix, prefix),
					"Rename the bean, the event type or the stream.");
		}
	}

}
