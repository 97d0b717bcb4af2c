package dev.busbar.event;

import java.lang.reflect.Modifier;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonArrayFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;

/**
 * The declaration of an event type, read from its class and checked.
 */
final class EventDeclaration {

	private static final int MAX_NAME_LENGTH = 200;

	private EventDeclaration() {
	}

	/**
	 * Reads a declaration.
	 * @throws IllegalArgumentException if the class declares no type, or none that can be
	 */
	static EventDefinition read(Class<?> dataClass, JsonMapper json) {
		EventType declared = dataClass.getAnnotation(EventType.class);
		if (declared == null) {
			throw new IllegalArgumentException(
					dataClass.getName() + " declares no event type; give it @EventType(\"<name>\")");
		}
		String name = checked(dataClass.getName(), "name", declared.value());
		String stream = declared.stream().isEmpty() ? name : checked(dataClass.getName(), "stream", declared.stream());
		String found = unfit(dataClass);
		if (found == null) {
			found = format(dataClass, json);
		}
		if (found != null) {
			throw new IllegalArgumentException(dataClass.getName() + " declares the event type '" + name + "' and is "
					+ found + "; the data of an event is a JSON object: declare a record or a bean");
		}
		return new EventDefinition(name, stream, dataClass);
	}

	/**
	 * The declaration of a type whose data is any JSON object.
	 * @throws IllegalArgumentException if a name is malformed
	 */
	static EventDefinition withoutClass(String name, String stream) {
		checked("the configuration", "name", name);
		checked("the configuration", "stream", stream);
		return new EventDefinition(name, stream, Map.class);
	}

	private static String checked(String where, String what, String name) {
		boolean valid = !name.isEmpty() && name.length() <= MAX_NAME_LENGTH;
		for (int i = 0; valid && i < name.length(); i++) {
			char c = name.charAt(i);
			boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			valid = letter || c == '.' || c == '_' || c == '-';
		}
		if (!valid) {
			throw new IllegalArgumentException(
					where + " declares an event type with the " + what + " " + Attributes.quoted(name)
							+ "; use letters, digits, '.', '_' and '-', at least one and at most " + MAX_NAME_LENGTH);
		}
		return name;
	}

	/** What makes a class unfit for data, by its kind. */
	private static @Nullable String unfit(Class<?> dataClass) {
		if (dataClass.isInterface()) {
			return "an interface (declare its records instead)";
		}
		if (dataClass.isEnum()) {
			return "an enum";
		}
		if (Modifier.isAbstract(dataClass.getModifiers())) {
			return "abstract (declare its subclasses instead)";
		}
		if (dataClass.getEnclosingClass() != null && !dataClass.isRecord()
				&& !Modifier.isStatic(dataClass.getModifiers())) {
			return "an inner class (make it static)";
		}
		return null;
	}

	/** What JSON would make of a class, null if an object or not to be known. */
	private static @Nullable String format(Class<?> dataClass, JsonMapper json) {
		JsonFormat shape = dataClass.getAnnotation(JsonFormat.class);
		if (shape != null && shape.shape() == JsonFormat.Shape.ARRAY) {
			return "written as an array";
		}
		Kind kind = new Kind();
		try {
			json.acceptJsonFormatVisitor(dataClass, kind);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException(
					dataClass.getName() + " cannot be written as JSON: " + ex.getOriginalMessage(), ex);
		}
		return kind.found;
	}

	/**
	 * Asks the mapper, since annotations and modules decide too. Beans as arrays it does
	 * not report.
	 */
	private static final class Kind extends JsonFormatVisitorWrapper.Base {

		private @Nullable String found;

		@Override
		public @Nullable JsonArrayFormatVisitor expectArrayFormat(JavaType type) {
			this.found = "written as an array";
			return null;
		}

		@Override
		public @Nullable JsonStringFormatVisitor expectStringFormat(JavaType type) {
			this.found = "written as a text";
			return null;
		}

		@Override
		public @Nullable JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
			this.found = "written as a number";
			return null;
		}

		@Override
		public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
			this.found = "written as a number";
			return null;
		}

		@Override
		public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
			this.found = "written as a boolean";
			return null;
		}

		@Override
		public @Nullable JsonMapFormatVisitor expectMapFormat(JavaType type) {
			this.found = "a map";
			return null;
		}

	}

}
