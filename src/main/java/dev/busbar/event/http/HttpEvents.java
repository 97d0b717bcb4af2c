package dev.busbar.event.http;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;

/**
 * The attributes of an event as HTTP headers, the binary content mode.
 */
public final class HttpEvents {

	/** The prefix of the headers' names. */
	public static final String PREFIX = "ce-";

	private HttpEvents() {
	}

	/**
	 * The attributes of an event as headers; {@code Content-Type} is left to the caller.
	 * @param event the event
	 * @return names with prefix and encoded values
	 * @throws EventFormatException if an attribute has a value that CloudEvents forbids
	 */
	public static Map<String, String> headers(Event<?> event) {
		Map<String, String> headers = new LinkedHashMap<>();
		CloudEvents.attributes(event)
			.forEach((name, value) -> headers.put(PREFIX + name, HttpHeaderValues.encode(value)));
		return headers;
	}

	/**
	 * The attributes among the headers of a message, for
	 * {@link CloudEvents#fromAttributes}.
	 * @param headers all headers of the message with their values, such as the
	 * {@code entrySet()} of a map of lists; names in any case
	 * @return decoded values by attribute name, empty if there are none
	 * @throws EventFormatException if an attribute is there twice, or a value is
	 * malformed
	 */
	public static Map<String, String> attributes(
			Iterable<? extends Map.Entry<String, ? extends Iterable<String>>> headers) {
		Map<String, String> attributes = new LinkedHashMap<>();
		for (Map.Entry<String, ? extends Iterable<String>> header : headers) {
			if (!header.getKey().regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
				continue;
			}
			String name = header.getKey().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
			for (String value : header.getValue()) {
				if (attributes.putIfAbsent(name, HttpHeaderValues.decode(value)) != null) {
					throw new EventFormatException(
							"a header that starts with '" + PREFIX + "' is there twice; send each attribute once");
				}
			}
		}
		return attributes;
	}

}
