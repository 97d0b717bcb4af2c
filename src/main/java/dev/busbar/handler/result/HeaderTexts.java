package dev.busbar.handler.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A message's headers as text for a dead letter: of text, bytes and numbers, and no more
 * of them than a person reads. The event's attributes come first.
 */
final class HeaderTexts {

	static final int MAX_HEADERS = 200;

	static final int MAX_NAME = 200;

	/** As long as an event's attribute may be. */
	static final int MAX_VALUE = 8_192;

	static final int MAX_SIZE = 256 * 1024;

	private static final List<String> ATTRIBUTES = List.of("ce_", "ce-", "cloudEvents_", "cloudEvents:",
			"content-type");

	private HeaderTexts() {
	}

	static Map<String, String> of(Map<String, Object> headers) {
		List<Map.Entry<String, Object>> ordered = new ArrayList<>(headers.entrySet());
		ordered.sort(Comparator.comparing((Map.Entry<String, Object> header) -> !isAttribute(header.getKey()))
			.thenComparing(Map.Entry::getKey));
		Map<String, String> texts = new TreeMap<>();
		long size = 0;
		int leftOut = 0;
		for (Map.Entry<String, Object> header : ordered) {
			String name = cut(header.getKey(), MAX_NAME);
			String text = text(header.getValue());
			if (text == null) {
				continue;
			}
			size += name.length() + text.length();
			if (texts.size() >= MAX_HEADERS || size > MAX_SIZE) {
				leftOut++;
				continue;
			}
			texts.put(name, text);
		}
		if (leftOut > 0) {
			texts.put("(left out)", Integer.toString(leftOut));
		}
		return texts;
	}

	private static boolean isAttribute(String name) {
		return ATTRIBUTES.stream().anyMatch(name::startsWith);
	}

	/** The text of a value, null if it is none. */
	private static @Nullable String text(Object value) {
		String text;
		if (value instanceof byte[] bytes) {
			text = new String(bytes, 0, Math.min(bytes.length, MAX_VALUE), StandardCharsets.UTF_8);
		}
		else if (value instanceof CharSequence || value instanceof Number || value instanceof Boolean
				|| value.getClass().getSimpleName().equals("ByteArrayLongString")) {
			// The last is what RabbitMQ's client makes of texts beyond a kilobyte.
			text = cut(value.toString(), MAX_VALUE);
		}
		else {
			return null;
		}
		return text;
	}

	private static String cut(String text, int limit) {
		return (text.length() <= limit) ? text : text.substring(0, limit);
	}

}
