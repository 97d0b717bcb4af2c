package dev.busbar.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * The event types that the application knows, and the conversion of their data between
 * objects and JSON bytes. Members that a class does not know are ignored; no message can
 * choose a class. Immutable and safe for use by several threads.
 */
public final class EventTypes {

	/** As many names as an error lists. */
	private static final int LISTED = 20;

	private final Map<String, EventDefinition> byName = new LinkedHashMap<>();

	private final Map<Class<?>, EventDefinition> byClass = new LinkedHashMap<>();

	private final Map<String, DataFormat> formats = new LinkedHashMap<>();

	/**
	 * Reads the declarations of the given classes.
	 * @param dataClasses classes that carry {@link EventType}; a class may be there more
	 * than once
	 * @param json converts data
	 * @throws IllegalArgumentException if a class carries no {@link EventType}, a name is
	 * malformed or declared twice, or a class cannot be a JSON object
	 */
	public EventTypes(Collection<Class<?>> dataClasses, JsonMapper json) {
		this(dataClasses, Map.of(), json);
	}

	/**
	 * Reads the declarations of the given classes, and adds types without a class, whose
	 * data is any JSON object.
	 * @param dataClasses classes that carry {@link EventType}; a class may be there more
	 * than once
	 * @param streams the names of the types without a class, and the streams on which
	 * they travel
	 * @param json converts data
	 * @throws IllegalArgumentException if a class carries no {@link EventType}, a name is
	 * malformed or declared twice, or a class cannot be a JSON object
	 */
	public EventTypes(Collection<Class<?>> dataClasses, Map<String, String> streams, JsonMapper json) {
		// Default typing would let the data name classes, and so would @JsonTypeInfo with
		// class names: a validator that allows none leaves the names of @JsonSubTypes.
		JsonMapper untyped = json.rebuild()
			.deactivateDefaultTyping()
			.polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder().build())
			.build();
		for (Class<?> dataClass : dataClasses) {
			if (this.byClass.containsKey(dataClass)) {
				continue;
			}
			EventDefinition definition = EventDeclaration.read(dataClass, untyped);
			add(definition, untyped);
			this.byClass.put(dataClass, definition);
		}
		streams.forEach((name, stream) -> add(EventDeclaration.withoutClass(name, stream), untyped));
	}

	private void add(EventDefinition definition, JsonMapper untyped) {
		EventDefinition other = this.byName.putIfAbsent(definition.name(), definition);
		if (other != null) {
			throw new IllegalArgumentException("the event type '" + definition.name() + "' is declared by "
					+ other.dataClass().getName() + " and by " + definition.dataClass().getName()
					+ "; a type has one class: rename one of them");
		}
		this.formats.put(definition.name(), new DataFormat(definition, untyped));
	}

	/**
	 * All types in the order of their declaration.
	 * @return the definitions
	 */
	public List<EventDefinition> all() {
		return new ArrayList<>(this.byName.values());
	}

	public Optional<EventDefinition> byName(String name) {
		return Optional.ofNullable(this.byName.get(name));
	}

	public Optional<EventDefinition> byClass(Class<?> dataClass) {
		return Optional.ofNullable(this.byClass.get(dataClass));
	}

	/**
	 * Encodes an object of a declared type as JSON.
	 * @param data an instance of a declared class
	 * @return the bytes, UTF-8
	 * @throws IllegalArgumentException if the class is not declared, or the object cannot
	 * be written as a JSON object
	 */
	public byte[] encode(Object data) {
		return format(data).encode(data);
	}

	/**
	 * Makes an outgoing event of an object of a declared type: type and key as the class
	 * declares them, the data as JSON.
	 * @param data an instance of a declared class
	 * @param id the event's id
	 * @param source the event's source, a URI reference
	 * @param time when it happened
	 * @return an event without subject, correlation, cause and extensions
	 * @throws IllegalArgumentException as {@link #encode} does, or if id or source are
	 * empty
	 */
	public Event<byte @Nullable []> event(Object data, String id, String source, @Nullable Instant time) {
		DataFormat format = format(data);
		return new Event<>(id, source, definition(data).name(), null, time, format.keyOf(data), null, null,
				"application/json", null, Map.of(), format.encode(data));
	}

	/**
	 * Decodes the data of an event as its type says.
	 * @param event the event as it came
	 * @return the same event with an object as its data
	 * @throws EventFormatException if the type is not declared, the data is absent, no
	 * JSON, no JSON object, or does not fit the class
	 */
	public Event<Object> decode(Event<byte @Nullable []> event) {
		DataFormat format = this.formats.get(event.type());
		if (format == null) {
			throw new EventFormatException("the event type " + Attributes.quoted(event.type())
					+ " is unknown; known are " + listed(this.byName.keySet()));
		}
		return event.withData(format.decode(event.dataContentType(), event.data()));
	}

	/**
	 * The key that {@link EventKey} marks in an object of a declared type.
	 * @param data an instance of a declared class
	 * @return the key, or null; always null for the data of a type without a class
	 * @throws IllegalArgumentException if the class is not declared
	 */
	public @Nullable String keyOf(Object data) {
		return (data instanceof Map) ? null : format(data).keyOf(data);
	}

	private DataFormat format(Object data) {
		DataFormat format = this.formats.get(definition(data).name());
		if (format == null) {
			throw undeclared(data);
		}
		return format;
	}

	private EventDefinition definition(Object data) {
		EventDefinition definition = this.byClass.get(data.getClass());
		if (definition == null) {
			throw undeclared(data);
		}
		return definition;
	}

	private IllegalArgumentException undeclared(Object data) {
		return new IllegalArgumentException(data.getClass().getName() + " is no declared event type; known are "
				+ listed(this.byName.keySet())
				+ "; give it @EventType, and use it in a function bean or put it into a package that is scanned");
	}

	private static String listed(Collection<String> names) {
		String listed = String.join(", ", names.stream().limit(LISTED).toList());
		return names.isEmpty() ? "none" : (names.size() > LISTED) ? listed + ", ..." : listed;
	}

}
