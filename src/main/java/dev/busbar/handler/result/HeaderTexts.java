package dev.busbar.handler.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A message's headers as a dead letter keeps them: text, bytes and numbers, without what
 * looks like a secret, and no more of them than a person reads. The event's attributes
 * come first.
 */
final class HeaderTexts {

	static final int MAX_HEADERS = 200;

	static final int MAX_NAME = 200;

	/** As long as an event's attribute may be. */
	static final int MAX_VALUE = 8_192;

	static final int MAX_SIZE = 256 * 1024;

	private static final Pattern SECRET_NAME = Pattern
		.compile("authori[sz]ation|cookie|secret|passw|token|api[-_]?key|credential|private[-_]?key|jwt|signature");

	private static final Pattern SECRET_VALUE = Pattern.compile("^\\s*(bearer|basic|digest|negotiate)\\s+\\S+.*",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final String HIDDEN = "(hidden)";

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
			String text = text(header.getKey(), header.getValue());
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
	private static @Nullable String text(String name, Object value) {
		if (SECRET_NAME.matcher(name.toLowerCase(Locale.ROOT)).find()) {
			return HIDDEN;
		}
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
		return SECRET_VALUE.matcher(text).matches() ? HIDDEN : text;
	}

	private static String cut(String text, int limit) {
		return (text.length() <= limit) ? text : text.substring(0, limit);
	}

}
