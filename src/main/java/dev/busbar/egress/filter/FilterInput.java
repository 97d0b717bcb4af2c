package dev.busbar.egress.filter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.format.MediaTypes;
import dev.cel.common.values.NullValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event as filters see it, read once for all of them. Of a text they see the first
 * 4,096 characters, of data with a longer list than 1,000 elements or more than 10,000
 * values nothing, so that what a filter costs is bounded: {@code in} and {@code ==} look
 * at all of a list.
 */
public final class FilterInput {

	private static final int MAX_TEXT = 4096;

	private static final int MAX_ELEMENTS = 1000;

	private static final int MAX_VALUES = 10_000;

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Event<byte @Nullable []> event;

	private @Nullable Map<String, Object> variables;

	/**
	 * Creates an input; it is read once a filter asks.
	 * @param event the event
	 */
	public FilterInput(Event<byte @Nullable []> event) {
		this.event = event;
	}

	Map<String, Object> variables() {
		Map<String, Object> read = this.variables;
		if (read == null) {
			read = new HashMap<>();
			read.put("event", attributes());
			Object data = data();
			if (data != null) {
				read.put("data", data);
			}
			this.variables = read;
		}
		return read;
	}

	private Map<String, Object> attributes() {
		Map<String, Object> attributes = new HashMap<>();
		try {
			CloudEvents.attributes(this.event).forEach((name, value) -> attributes.put(name, cut(value)));
		}
		catch (EventFormatException ex) {
			attributes.put("type", this.event.type());
		}
		return attributes;
	}

	private @Nullable Object data() {
		byte[] bytes = this.event.data();
		if (bytes == null || !MediaTypes.isJson(this.event.dataContentType())) {
			return null;
		}
		try {
			JsonNode read = JSON.readTree(bytes);
			return isSmall(read) ? value(read) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static boolean isSmall(JsonNode data) {
		int values = 1;
		Deque<JsonNode> open = new ArrayDeque<>(List.of(data));
		while (!open.isEmpty()) {
			JsonNode node = open.pop();
			values += node.size();
			if (values > MAX_VALUES || (node.isArray() && node.size() > MAX_ELEMENTS)) {
				return false;
			}
			node.forEach(open::push);
		}
		return true;
	}

	// A null of JSON is a value, which the map of variables cannot hold.
	private static Object value(JsonNode node) {
		if (node.isObject()) {
			Map<String, Object> map = new LinkedHashMap<>();
			node.properties().forEach((member) -> map.put(member.getKey(), value(member.getValue())));
			return map;
		}
		if (node.isArray()) {
			List<Object> list = new ArrayList<>();
			node.forEach((element) -> list.add(value(element)));
			return list;
		}
		if (node.isNumber()) {
			boolean whole = node.isIntegralNumber() && node.canConvertToLong();
			return whole ? (Object) node.longValue() : (Object) node.doubleValue();
		}
		if (node.isBoolean()) {
			return node.booleanValue();
		}
		return node.isString() ? cut(node.stringValue()) : NullValue.NULL_VALUE;
	}

	private static String cut(String text) {
		return (text.length() > MAX_TEXT) ? text.substring(0, MAX_TEXT) : text;
	}

}
