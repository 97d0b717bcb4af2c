package dev.busbar.event;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.event.format.JsonBuffer;
import dev.busbar.event.format.JsonText;
import dev.busbar.event.format.MediaTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.json.JsonMapper;

/**
 * The CloudEvents 1.0 codec: the JSON format (one event, or a batch) and the binary
 * content mode as a map of attributes, from which each transport makes its headers.
 * Decoding refuses what the specification forbids with {@link EventFormatException}, and
 * so does encoding: what is written can be read. An attribute may have 8,192 characters,
 * an event 64 extensions with 65,536 characters together. Safe for use by several
 * threads.
 */
public final class CloudEvents {

	/** The media type of one event in the JSON format. */
	public static final String JSON = "application/cloudevents+json";

	/** The media type of a batch in the JSON format. */
	public static final String JSON_BATCH = "application/cloudevents-batch+json";

	private static final byte[] START = "{\"specversion\":\"1.0\"".getBytes(StandardCharsets.US_ASCII);

	/** The levels that a batch and its event add around the data. */
	private static final int ENVELOPE_DEPTH = 2;

	private final JsonText json;

	private final JsonText data;

	/**
	 * Creates a codec. The format is strict JSON whatever leniency the mapper allows.
	 * @param json sets the limits of what is read (nesting, lengths)
	 */
	public CloudEvents(JsonMapper json) {
		StreamReadConstraints limits = json.tokenStreamFactory().streamReadConstraints();
		int depth = Math.max(1, limits.getMaxNestingDepth() - ENVELOPE_DEPTH);
		this.json = new JsonText(limits);
		this.data = new JsonText(limits.rebuild().maxNestingDepth(depth).build());
	}

	/**
	 * Encodes one event in the JSON format. The result is always well-formed: data whose
	 * content type is JSON and that is in fact one JSON value stands as it is under
	 * {@code data}, anything else byte for byte under {@code data_base64}.
	 * @throws EventFormatException if an attribute has a value that CloudEvents forbids
	 */
	public byte[] encode(Event<byte @Nullable []> event) {
		JsonBuffer buffer = new JsonBuffer(capacity(event));
		write(event, buffer);
		return buffer.toBytes();
	}

	/**
	 * Encodes a batch in the JSON format.
	 * @throws EventFormatException if an attribute has a value that CloudEvents forbids
	 */
	public byte[] encodeBatch(List<Event<byte @Nullable []>> events) {
		JsonBuffer buffer = new JsonBuffer(events.isEmpty() ? 2 : capacity(events.get(0)) * events.size());
		buffer.mark('[');
		for (int i = 0; i < events.size(); i++) {
			if (i > 0) {
				buffer.mark(',');
			}
			write(events.get(i), buffer);
		}
		return buffer.mark(']').toBytes();
	}

	/**
	 * Decodes one event in the JSON format. JSON data is kept as it stands but for white
	 * space between tokens; {@code "data": null} is data, the JSON value null. Extensions
	 * that are integers or booleans become text.
	 * @throws EventFormatException if the bytes are no valid event
	 */
	public Event<byte @Nullable []> decode(byte[] bytes) {
		return new JsonEventReader(bytes, this.json).readOne();
	}

	/**
	 * Decodes a batch; an empty one is an empty list.
	 * @throws EventFormatException if the bytes are no batch, or one of its events is not
	 * valid
	 */
	public List<Event<byte @Nullable []>> decodeBatch(byte[] bytes) {
		return new JsonEventReader(bytes, this.json).readBatch();
	}

	/**
	 * All context attributes of an event for the binary content mode, {@code specversion}
	 * included, {@code datacontenttype} left out (each transport has a place of its own
	 * for it), by their CloudEvents names, without prefix and unencoded.
	 * @throws EventFormatException if an attribute has a value that CloudEvents forbids
	 */
	public static Map<String, String> attributes(Event<?> event) {
		return attributes(event, "");
	}

	static Map<String, String> attributes(Event<?> event, String prefix) {
		Map<String, String> attributes = new LinkedHashMap<>();
		attributes.put(prefix + "specversion", "1.0");
		Attributes.forEach(event, (name, value) -> attributes.put(prefix + name, value));
		return attributes;
	}

	/**
	 * Makes an event of the attributes of the binary content mode.
	 * @param attributes by CloudEvents name, without prefix, decoded;
	 * {@code datacontenttype} counts only where there is no content type
	 * @param contentType the transport's content type
	 * @param data the body, null or empty if absent
	 * @throws EventFormatException if they make no valid event
	 */
	public static Event<byte @Nullable []> fromAttributes(Map<String, String> attributes, @Nullable String contentType,
			byte @Nullable [] data) {
		EventBuilder builder = new EventBuilder();
		boolean typed = contentType != null && !contentType.isEmpty();
		if (typed) {
			builder.put("datacontenttype", contentType);
		}
		for (Map.Entry<String, String> attribute : attributes.entrySet()) {
			if (!typed || !attribute.getKey().equals("datacontenttype")) {
				builder.put(attribute.getKey(), attribute.getValue());
			}
		}
		return builder.build((data != null && data.length == 0) ? null : data);
	}

	private static int capacity(Event<byte @Nullable []> event) {
		return 384 + ((event.data() != null) ? event.data().length : 0);
	}

	private void write(Event<byte @Nullable []> event, JsonBuffer buffer) {
		buffer.raw(START);
		Attributes.forEach(event, (name, value) -> member(name, buffer).text(value));
		String contentType = event.dataContentType();
		if (contentType != null && !contentType.isEmpty()) {
			Attributes.check("datacontenttype", contentType);
			member("datacontenttype", buffer).text(contentType);
		}
		byte[] bytes = event.data();
		if (bytes != null) {
			if (MediaTypes.isJson(contentType) && this.data.isWellFormed(bytes)) {
				member("data", buffer).raw(bytes);
			}
			else {
				member("data_base64", buffer).base64(bytes);
			}
		}
		buffer.mark('}');
	}

	private static JsonBuffer member(String name, JsonBuffer buffer) {
		return buffer.mark(',').text(name).mark(':');
	}

}
