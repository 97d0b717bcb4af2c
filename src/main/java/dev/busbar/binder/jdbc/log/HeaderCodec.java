package dev.busbar.binder.jdbc.log;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Headers as compact JSON. Strings, booleans, integers and doubles are JSON's own; other
 * numbers and bytes are an object with one letter that says which. Nothing in the stored
 * form names a class; values of other types are left out.
 */
public final class HeaderCodec {

	private final JsonMapper json = JsonMapper.builder().build();

	/**
	 * Encodes headers.
	 * @param headers any headers
	 * @return those that can be stored
	 */
	public byte[] encode(Map<String, Object> headers) {
		try (ByteArrayBuilder bytes = new ByteArrayBuilder(); JsonGenerator to = this.json.createGenerator(bytes)) {
			to.writeStartObject();
			headers.forEach((name, value) -> write(to, name, value));
			to.writeEndObject();
			to.flush();
			return bytes.toByteArray();
		}
	}

	/**
	 * Decodes headers.
	 * @param headers encoded headers
	 * @return the headers, with the types that they had; a map that may be changed
	 */
	public Map<String, Object> decode(byte[] headers) {
		Map<String, Object> decoded = new LinkedHashMap<>();
		try (JsonParser from = this.json.createParser(headers)) {
			from.nextToken();
			for (String name = from.nextName(); name != null; name = from.nextName()) {
				decoded.put(name, read(from));
			}
		}
		return decoded;
	}

	private static Object read(JsonParser from) {
		return switch (from.nextToken()) {
			case VALUE_STRING -> from.getString();
			case VALUE_TRUE, VALUE_FALSE -> from.getBooleanValue();
			case VALUE_NUMBER_INT -> from.getIntValue();
			case VALUE_NUMBER_FLOAT -> from.getDoubleValue();
			case START_OBJECT -> {
				String tag = from.nextName();
				from.nextToken();
				Object value = decode(tag, from.getString());
				from.nextToken();
				yield value;
			}
			default -> throw new IllegalStateException("Unknown header encoding " + from.currentToken());
		};
	}

	private static void write(JsonGenerator to, String name, Object value) {
		if (value instanceof String text) {
			to.writeStringProperty(name, text);
		}
		else if (value instanceof Boolean flag) {
			to.writeBooleanProperty(name, flag);
		}
		else if (value instanceof Integer number) {
			to.writeNumberProperty(name, number);
		}
		else if (value instanceof Double number && Double.isFinite(number)) {
			to.writeNumberProperty(name, number);
		}
		else if (value instanceof byte[] bytes) {
			write(to, name, "b", Base64.getEncoder().encodeToString(bytes));
		}
		else {
			String tag = tag(value);
			if (tag != null) {
				write(to, name, tag, value.toString());
			}
		}
	}

	private static void write(JsonGenerator to, String name, String tag, String value) {
		to.writeObjectPropertyStart(name);
		to.writeStringProperty(tag, value);
		to.writeEndObject();
	}

	private static @Nullable String tag(Object value) {
		return (value instanceof Long) ? "l"
				: (value instanceof Short) ? "s"
						: (value instanceof Byte) ? "y" : (value instanceof Float) ? "f" : (value instanceof Double)
								? "n"
								: (value instanceof BigDecimal) ? "d" : (value instanceof BigInteger) ? "i" : null;
	}

	private static Object decode(String tag, String value) {
		return switch (tag) {
			case "l" -> Long.valueOf(value);
			case "s" -> Short.valueOf(value);
			case "y" -> Byte.valueOf(value);
			case "f" -> Float.valueOf(value);
			case "n" -> Double.valueOf(value);
			case "d" -> new BigDecimal(value);
			case "i" -> new BigInteger(value);
			case "b" -> Base64.getDecoder().decode(value);
			default -> throw new IllegalStateException("Unknown header encoding " + tag);
		};
	}

}
