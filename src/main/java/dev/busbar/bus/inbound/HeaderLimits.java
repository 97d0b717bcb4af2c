package dev.busbar.bus.inbound;

import java.util.Map;

import dev.busbar.event.EventFormatException;

/**
 * How many headers a message may have. Nothing but the event's attributes is read from
 * them, so that more are either a mistake or an attack.
 */
final class HeaderLimits {

	/** What an event may have, and as many again of a tracer's or a framework's. */
	static final int MAX_HEADERS = 200;

	/** Twice what the attributes of an event may have together. */
	static final int MAX_SIZE = 256 * 1024;

	private HeaderLimits() {
	}

	/**
	 * Checks the headers of a message.
	 * @param headers names and values
	 * @throws EventFormatException if there are too many, or they are too large
	 */
	static void check(Map<String, Object> headers) {
		if (headers.size() > MAX_HEADERS) {
			throw new EventFormatException("The message has " + headers.size() + " headers, and at most " + MAX_HEADERS
					+ " are allowed. Put the rest into the data.");
		}
		long size = 0;
		for (Map.Entry<String, Object> header : headers.entrySet()) {
			size += header.getKey().length() + sizeOf(header.getValue());
		}
		if (size > MAX_SIZE) {
			throw new EventFormatException("The message's headers have " + size + " bytes, and at most " + MAX_SIZE
					+ " are allowed. Put the rest into the data.");
		}
	}

	private static int sizeOf(Object value) {
		if (value instanceof byte[] bytes) {
			return bytes.length;
		}
		return (value instanceof CharSequence text) ? text.length() : Long.BYTES;
	}

}
