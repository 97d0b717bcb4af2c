package dev.busbar.binder.jdbc.log;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Headers as compact JSON. Strings, booleans, integers and doubles are JSON's own; other
 * numbers and bytes are an object with one letter that says which. Nothing in the stored
 * form names a class; values of other types are left out.
 */
public final class HeaderCodec {

	private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {
	};

	private final JsonMapper json = JsonMapper.builder().build();

	/**
	 * Encodes headers.
	 * @param headers any headers
	 * @return those that can be stored
	 */
	public byte[] encode(Map<String, Object> headers) {
		Map<String, Object> encoded = new LinkedHashMap<>();
		headers.forEach((name, value) -> {
			Object stored = encode(value);
			if (stored != null) {
				encoded.put(name, stored);
			}
		});
		return this.json.writeValueAsBytes(encoded);
	}

	/**
	 * Decodes headers.
	 * @param headers encoded headers
	 * @return the headers, with the types that they had; a map that may be changed
	 */
	public Map<String, Object> decode(byte[] headers) {
		Map<String, Object> decoded = this.json.readValue(headers, MAP);
		decoded.replaceAll((name, value) -> (value instanceof Map<?, ?> tagged) ? decode(tagged) : value);
		return decoded;
	}

	private static @Nullable Object encode(Object value) {
		if (value instanceof String || value instanceof Boolean || value instanceof Integer) {
			return value;
		}
		if (value instanceof Double number) {
			return Double.isFinite(number) ? number : Map.of("n", number.toString());
		}
		if (value instanceof byte[] bytes) {
			return Map.of("b", Base64.getEncoder().encodeToString(bytes));
		}
		String tag = (value instanceof Long) ? "l"
				: (value instanceof Short) ? "s" : (value instanceof Byte) ? "y" : (value instanceof Float) ? "f"
						: (value instanceof BigDecimal) ? "d" : (value instanceof BigInteger) ? "i" : null;
		return (tag != null) ? Map.of(tag, value.toString()) : null;
	}

	private static Object decode(Map<?, ?> tagged) {
		Map.Entry<?, ?> entry = tagged.entrySet().iterator().next();
		String value = String.valueOf(entry.getValue());
		return switch (String.valueOf(entry.getKey())) {
			case "l" -> Long.valueOf(value);
			case "s" -> Short.valueOf(value);
			case "y" -> Byte.valueOf(value);
			case "f" -> Float.valueOf(value);
			case "n" -> Double.valueOf(value);
			case "d" -> new BigDecimal(value);
			case "i" -> new BigInteger(value);
			case "b" -> Base64.getDecoder().decode(value);
			default -> throw new IllegalStateException("Unknown header encoding " + entry.getKey());
		};
	}

}
