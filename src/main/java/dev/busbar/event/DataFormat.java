package dev.busbar.event;

import java.util.Map;

import dev.busbar.event.format.MediaTypes;
import dev.busbar.event.format.Utf8;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The data of one event type as JSON, and its key.
 */
final class DataFormat {

	private final EventDefinition definition;

	private final ObjectReader reader;

	private final ObjectWriter writer;

	private final @Nullable KeyPart key;

	/**
	 * Creates the format.
	 * @param definition the type
	 * @param json a mapper without default typing
	 */
	DataFormat(EventDefinition definition, JsonMapper json) {
		this.definition = definition;
		this.reader = json.readerFor(definition.dataClass())
			.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			// 1.5 for an int would be cut to 1, and nobody would notice.
			.without(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
			.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			// Of two members with one name, others may read the other one.
			.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
		this.writer = json.writerFor(definition.dataClass()).without(SerializationFeature.INDENT_OUTPUT);
		this.key = KeyPart.of(definition.dataClass());
	}

	@Nullable String keyOf(Object data) {
		return (this.key != null) ? this.key.of(data) : null;
	}

	byte[] encode(Object data) {
		byte[] bytes;
		try {
			bytes = this.writer.writeValueAsBytes(data);
		}
		catch (JacksonException ex) {
			// Writing, unlike reading, fails on the application's own code: it may see
			// the
			// cause.
			throw new IllegalArgumentException(
					"data of the event type '" + this.definition.name() + "' cannot be written as JSON" + path(ex), ex);
		}
		if (bytes.length == 0 || bytes[0] != '{') {
			throw new IllegalArgumentException("data of the event type '" + this.definition.name()
					+ "' is written as something else than a JSON object; take away what makes "
					+ this.definition.dataClass().getName() + " an array or a scalar");
		}
		return bytes;
	}

	Object decode(@Nullable String contentType, byte @Nullable [] data) {
		if (contentType != null && !MediaTypes.isJson(contentType)) {
			throw refused("has the content type " + Attributes.quoted(contentType) + "; send application/json");
		}
		if (data == null) {
			throw refused("is absent; send a JSON object");
		}
		if (!Utf8.isWellFormed(data)) {
			throw refused("is not well-formed UTF-8; send JSON in UTF-8");
		}
		if (!startsAsObject(data)) {
			throw refused("is no JSON object; send one");
		}
		try {
			return this.reader.readValue(data);
		}
		catch (JacksonException ex) {
			// Neither its text nor the exception itself: they quote the data.
			throw refused(problem(ex));
		}
	}

	/** Also keeps Jackson from taking the text for UTF-16, which has a NUL here. */
	private static boolean startsAsObject(byte[] data) {
		int start = 0;
		while (start < data.length
				&& (data[start] == ' ' || data[start] == '\n' || data[start] == '\r' || data[start] == '\t')) {
			start++;
		}
		return start < data.length && data[start] == '{' && (start + 1 == data.length || data[start + 1] != 0);
	}

	private String problem(JacksonException ex) {
		if (ex instanceof StreamConstraintsException) {
			return "goes past a limit of JSON (nesting, length of a number, name or text); send less";
		}
		if (ex instanceof StreamReadException) {
			long at = (ex.getLocation() != null) ? ex.getLocation().getByteOffset() : -1;
			return "is no well-formed JSON, or has a member twice" + ((at >= 0) ? " (near byte " + at + ")" : "")
					+ "; send a JSON object";
		}
		String fits = " does not fit " + this.definition.dataClass().getName() + path(ex);
		if (ex instanceof ValueInstantiationException) {
			return fits.strip() + ": its constructor refused the values";
		}
		if (ex instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
			return fits.strip() + ": expected is a value for " + mismatch.getTargetType().getSimpleName();
		}
		return fits.strip();
	}

	/** Where in the data, by names that the class declares; a map's keys are data. */
	private static String path(JacksonException ex) {
		StringBuilder path = new StringBuilder();
		for (JacksonException.Reference step : ex.getPath()) {
			if (step.getPropertyName() == null) {
				path.append('[').append(Math.max(0, step.getIndex())).append(']');
			}
			else if (step.from() instanceof Map
					|| (step.from() instanceof Class<?> type && Map.class.isAssignableFrom(type))) {
				path.append("[*]");
			}
			else {
				path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
			}
		}
		return path.isEmpty() ? "" : " at '" + path + "'";
	}

	private EventFormatException refused(String found) {
		return new EventFormatException("the data of the event type '" + this.definition.name() + "' " + found);
	}

}
