package dev.busbar.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import dev.busbar.event.format.MediaTypes;
import dev.busbar.event.format.Rfc3339;
import dev.busbar.event.format.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Events as headers and payload of a broker's message. Reading accepts the prefixes
 * {@code ce_}, {@code ce-}, {@code cloudEvents_} and {@code cloudEvents:}, values as
 * text, UTF-8 bytes, numbers, booleans and timestamps, and the structured content mode;
 * nothing else in the headers has any effect.
 */
public final class EventHeaders {

	/** The prefix on Kafka. */
	public static final String KAFKA_PREFIX = "ce_";

	/** The prefix on AMQP. */
	public static final String AMQP_PREFIX = "cloudEvents_";

	/**
	 * The wire's own names first: {@code contentType} may be a default of the framework.
	 */
	private static final String[] CONTENT_TYPES = { "content-type", "amqp_contentType", "contentType" };

	private static final String CLOUD_EVENTS = "application/cloudevents";

	private final CloudEvents codec;

	/**
	 * Creates the mapping.
	 * @param codec decodes the structured content mode
	 */
	public EventHeaders(CloudEvents codec) {
		this.codec = codec;
	}

	/**
	 * The attributes of an event as headers; the content type is left to the transport.
	 * @param event the event
	 * @param prefix the transport's prefix
	 * @return names with prefix and unencoded values
	 * @throws EventFormatException if an attribute has a value that CloudEvents forbids
	 */
	public static Map<String, String> write(Event<?> event, String prefix) {
		return CloudEvents.attributes(event, prefix);
	}

	/**
	 * Reads an event from a message.
	 * @param headers the message's headers, of which the content type is
	 * {@code content-type}, {@code amqp_contentType} or {@code contentType}, the first
	 * that is there
	 * @param payload the message's payload, null if it has none
	 * @return the event, or empty if the message carries no CloudEvents attribute at all
	 * (a foreign message)
	 * @throws EventFormatException if there are such attributes, but no valid event
	 */
	public Optional<Event<byte @Nullable []>> read(Map<String, ?> headers, byte @Nullable [] payload) {
		String contentType = contentType(headers);
		if (contentType != null && contentType.regionMatches(true, 0, CLOUD_EVENTS, 0, CLOUD_EVENTS.length())) {
			return Optional.of(structured(contentType, payload));
		}
		Map<String, String> attributes = new HashMap<>();
		for (Map.Entry<String, ?> header : headers.entrySet()) {
			int prefix = prefix(header.getKey());
			Object value = header.getValue();
			if (prefix == 0 || value == null) {
				continue;
			}
			String name = header.getKey().substring(prefix);
			String text = text(name, value);
			String other = attributes.putIfAbsent(name, text);
			if (other != null && !other.equals(text)) {
				throw new EventFormatException("the attribute " + Attributes.quoted(name)
						+ " is there under two prefixes with different values; send it once");
			}
		}
		return attributes.isEmpty() ? Optional.empty()
				: Optional.of(CloudEvents.fromAttributes(attributes, contentType, payload));
	}

	private Event<byte @Nullable []> structured(String contentType, byte @Nullable [] payload) {
		if (!MediaTypes.is(contentType, CloudEvents.JSON)) {
			throw new EventFormatException("a message of the content type " + Attributes.quoted(contentType)
					+ " cannot be read; send one event as " + CloudEvents.JSON + " or in the binary content mode");
		}
		if (payload == null) {
			throw new EventFormatException("a message of the content type " + CloudEvents.JSON
					+ " has no payload; send the event in the payload");
		}
		return this.codec.decode(payload);
	}

	private static @Nullable String contentType(Map<String, ?> headers) {
		for (String name : CONTENT_TYPES) {
			Object value = headers.get(name);
			if (value != null) {
				// A foreign message may have anything here.
				return (value instanceof byte[] bytes) ? Utf8.decode(bytes) : value.toString();
			}
		}
		return null;
	}

	/** The length of the prefix, 0 if there is none. */
	private static int prefix(String header) {
		if (header.startsWith("ce_") || header.startsWith("ce-")) {
			return 3;
		}
		if (header.startsWith("cloudEvents_") || header.startsWith("cloudEvents:")) {
			return 12;
		}
		return 0;
	}

	@SuppressWarnings("JavaUtilDate") // what the AMQP client makes of a timestamp
	private static String text(String name, Object value) {
		if (value instanceof String text) {
			return text;
		}
		if (value instanceof byte[] bytes) {
			String text = Utf8.decode(bytes);
			if (text == null) {
				throw new EventFormatException(
						"the header of the attribute " + Attributes.quoted(name) + " is not well-formed UTF-8");
			}
			return text;
		}
		if (value instanceof Date date) {
			return timestamp(name, date.getTime());
		}
		if (value instanceof Map || value instanceof Iterable || value.getClass().isArray()) {
			throw new EventFormatException("the header of the attribute " + Attributes.quoted(name)
					+ " is neither text nor bytes, number, boolean or timestamp");
		}
		// Numbers, booleans, Instant, and what brokers' clients wrap texts in.
		return value.toString();
	}

	private static String timestamp(String name, long millis) {
		try {
			return Rfc3339.format(Instant.ofEpochMilli(millis));
		}
		catch (DateTimeException | IllegalArgumentException ex) {
			throw new EventFormatException(
					"the header of the attribute " + Attributes.quoted(name) + " is out of the range of timestamps");
		}
	}

}
