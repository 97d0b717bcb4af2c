package dev.busbar.ingress;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Plain JSON with the name of the event type in it: {@code {"event": "<type>", ...}}. It
 * cuts the data out of the bytes as they are, without converting any of it.
 */
class WebhookFormat {

	private static final Set<String> ENVELOPE = Set.of("event", "id", "key", EventDelay.NAME);

	private final JsonFactory json;

	private final String source;

	private final Clock clock;

	/**
	 * Creates the format.
	 * @param limits what the JSON may not exceed: depth, lengths
	 * @param source the source of the events
	 * @param clock gives the time of the events
	 */
	WebhookFormat(StreamReadConstraints limits, String source, Clock clock) {
		// Strict whatever the application's mapper allows; and UTF-8 alone, since a
		// parser
		// that detects UTF-16 by its zeros would count offsets in it.
		this.json = JsonFactory.builder()
			.streamReadConstraints(limits)
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
			.build();
		this.source = source;
		this.clock = clock;
	}

	/**
	 * Reads an event.
	 * @param body a JSON object, UTF-8
	 * @return the event
	 * @throws EventFormatException if it is none
	 */
	Event<byte @Nullable []> read(byte[] body) {
		Map<String, String> envelope = new LinkedHashMap<>();
		Map<String, Slice> rest = new LinkedHashMap<>();
		try (JsonParser parser = this.json.createParser(ObjectReadContext.empty(), body)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw new EventFormatException("The body is no JSON object. Send {\"event\": \"<type>\", ...}.");
			}
			members(parser, envelope, rest);
			if (parser.nextToken() != null) {
				throw new EventFormatException("There is more after the JSON object. Send one object alone.");
			}
		}
		catch (JacksonException ex) {
			throw new EventFormatException("The body is no valid JSON: " + reason(ex) + ".", ex);
		}
		String type = envelope.get("event");
		if (type == null) {
			throw new EventFormatException("The member 'event', the name of the event type, is missing. Send "
					+ "{\"event\": \"<type>\", ...}; GET /handlers lists the types.");
		}
		String id = envelope.get("id");
		Map<String, String> attributes = new HashMap<>();
		attributes.put("specversion", "1.0");
		attributes.put("id", (id != null) ? id : UUID.randomUUID().toString());
		attributes.put("source", this.source);
		attributes.put("type", type);
		attributes.put("time", this.clock.instant().toString());
		String key = envelope.get("key");
		if (key != null) {
			attributes.put("partitionkey", key);
		}
		String delay = envelope.get(EventDelay.NAME);
		if (delay != null) {
			attributes.put(EventDelay.NAME, delay);
		}
		return CloudEvents.fromAttributes(attributes, "application/json", data(body, rest));
	}

	private static void members(JsonParser parser, Map<String, String> envelope, Map<String, Slice> rest) {
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			int nameStart = (int) parser.currentTokenLocation().getByteOffset();
			JsonToken value = parser.nextToken();
			if (ENVELOPE.contains(name)) {
				String text = (value == JsonToken.VALUE_STRING) ? parser.getString() : "";
				if (text.isEmpty()) {
					throw new EventFormatException(
							"The member '" + name + "' is no string, or an empty one. Send a string"
									+ ("event".equals(name) ? "." : ", or leave it out."));
				}
				envelope.put(name, text);
			}
			else {
				int valueStart = (int) parser.currentTokenLocation().getByteOffset();
				parser.skipChildren();
				parser.finishToken();
				rest.put(name, new Slice(nameStart, valueStart, (int) parser.currentLocation().getByteOffset()));
			}
		}
	}

	private static byte[] data(byte[] body, Map<String, Slice> rest) {
		Slice only = (rest.size() == 1) ? rest.get("data") : null;
		if (only != null) {
			return Arrays.copyOfRange(body, only.value(), only.end());
		}
		ByteArrayOutputStream data = new ByteArrayOutputStream(body.length);
		data.write('{');
		for (Slice member : rest.values()) {
			if (data.size() > 1) {
				data.write(',');
			}
			data.write(body, member.name(), member.end() - member.name());
		}
		data.write('}');
		return data.toByteArray();
	}

	private static String reason(JacksonException ex) {
		// The limits (nesting, lengths) are reported without a place.
		TokenStreamLocation place = ex.getLocation();
		return (place != null) ? "see line " + place.getLineNr() + ", column " + place.getColumnNr()
				: "it is nested too deeply, or a name, text or number in it is too long";
	}

	/** Where a member stands in the body: its name, its value, and what follows. */
	private record Slice(int name, int value, int end) {

	}

}
