package dev.busbar.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.busbar.event.format.JsonText;
import dev.busbar.event.format.MediaTypes;
import dev.busbar.event.format.Utf8;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads the JSON format: one pass over the bytes, of which the data is cut out as it
 * stands. For one document.
 */
final class JsonEventReader {

	private final byte[] bytes;

	private final JsonText json;

	JsonEventReader(byte[] bytes, JsonText json) {
		this.bytes = bytes;
		this.json = json;
	}

	Event<byte @Nullable []> readOne() {
		return read((parser) -> {
			expect(parser.nextToken(), JsonToken.START_OBJECT, "an event must be a JSON object");
			return readEvent(parser);
		});
	}

	List<Event<byte @Nullable []>> readBatch() {
		return read((parser) -> {
			expect(parser.nextToken(), JsonToken.START_ARRAY, "a batch must be a JSON array of events");
			List<Event<byte @Nullable []>> events = new ArrayList<>();
			for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
				expect(token, JsonToken.START_OBJECT, "each event of a batch must be a JSON object");
				events.add(readEvent(parser));
			}
			return events;
		});
	}

	private <T> T read(Document<T> document) {
		if (!Utf8.isWellFormed(this.bytes)) {
			throw new EventFormatException("the event is not well-formed UTF-8; send JSON in UTF-8");
		}
		try (JsonParser parser = this.json.parser(this.bytes)) {
			T result = document.read(parser);
			expect(parser.nextToken(), null, "something follows the JSON value; send one value");
			return result;
		}
		catch (StreamConstraintsException ex) {
			throw new EventFormatException(
					"the JSON goes past a limit (nesting, length of a number, name or text); send less");
		}
		catch (JacksonException ex) {
			// Neither its text nor the exception itself: they quote the data.
			long at = (ex.getLocation() != null) ? ex.getLocation().getByteOffset() : -1;
			throw new EventFormatException(
					"the event is no well-formed JSON" + ((at >= 0) ? " (near byte " + at + ")" : "") + "; send JSON");
		}
	}

	private Event<byte @Nullable []> readEvent(JsonParser parser) {
		EventBuilder builder = new EventBuilder();
		Content content = new Content();
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			JsonToken token = parser.nextToken();
			switch (name) {
				case "data" -> content.json(parser, token);
				case "data_base64" -> content.base64(parser, token);
				default -> builder.put(name, attribute(name, parser, token));
			}
		}
		return builder.build(content.bytes(builder.dataContentType()));
	}

	private static @Nullable String attribute(String name, JsonParser parser, JsonToken token) {
		return switch (token) {
			case VALUE_STRING -> parser.getString();
			case VALUE_NULL -> null;
			case VALUE_TRUE -> scalar(name, "true");
			case VALUE_FALSE -> scalar(name, "false");
			case VALUE_NUMBER_INT -> scalar(name, integer(name, parser));
			default -> throw new EventFormatException("the attribute " + Attributes.quoted(name)
					+ " is neither text, integer, boolean nor null; put structured values into the data");
		};
	}

	private static String scalar(String name, String value) {
		return switch (name) {
			case "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema" ->
				throw new EventFormatException("the attribute '" + name + "' must be a text; put it in double quotes");
			default -> value;
		};
	}

	private static String integer(String name, JsonParser parser) {
		// A text of at most 11 characters cannot overflow a long.
		if (parser.getStringLength() <= 11) {
			long value = parser.getLongValue();
			if (value == (int) value) {
				return Long.toString(value);
			}
		}
		throw new EventFormatException(
				"the attribute " + Attributes.quoted(name) + " is no integer of 32 bits; send it as a text");
	}

	private static void expect(@Nullable JsonToken token, @Nullable JsonToken expected, String message) {
		if (token != expected) {
			throw new EventFormatException(message);
		}
	}

	/** Reads the document's one value. */
	private interface Document<T> {

		T read(JsonParser parser);

	}

	/**
	 * The members {@code data} and {@code data_base64}, whichever is there, kept until
	 * the content type is known.
	 */
	private final class Content {

		private boolean hasData;

		private boolean hasBase64;

		private byte @Nullable [] value;

		private boolean isText;

		private @Nullable String text;

		void json(JsonParser parser, JsonToken token) {
			once(this.hasData, "data");
			this.hasData = true;
			int start = (int) parser.currentTokenLocation().getByteOffset();
			if (token == JsonToken.VALUE_STRING) {
				this.text = parser.getString();
				this.isText = true;
			}
			parser.skipChildren();
			parser.finishToken();
			int end = (int) parser.currentLocation().getByteOffset();
			this.value = JsonText.compact(JsonEventReader.this.bytes, start, end);
		}

		void base64(JsonParser parser, JsonToken token) {
			once(this.hasBase64, "data_base64");
			if (token == JsonToken.VALUE_NULL) {
				return;
			}
			expect(token, JsonToken.VALUE_STRING, "the member 'data_base64' must be a text in Base64");
			this.hasBase64 = true;
			try {
				this.value = Base64.getDecoder().decode(parser.getString());
			}
			catch (IllegalArgumentException ex) {
				throw new EventFormatException("the member 'data_base64' is not well-formed Base64 (RFC 4648)");
			}
		}

		private void once(boolean seen, String name) {
			if (seen) {
				throw new EventFormatException("the member '" + name + "' is there twice; send it once");
			}
			if (this.hasData || this.hasBase64) {
				throw new EventFormatException("an event has either 'data' or 'data_base64'; send one of them");
			}
		}

		byte @Nullable [] bytes(@Nullable String contentType) {
			if (!this.hasData || MediaTypes.isJson(contentType)) {
				return this.value;
			}
			if (!this.isText || this.text == null) {
				throw new EventFormatException("the data's content type is not JSON, so the member 'data' must be a"
						+ " text; send it as a text, in 'data_base64', or with a JSON content type");
			}
			if (Utf8.unpairedSurrogate(this.text) >= 0) {
				throw new EventFormatException("the member 'data' has an unpaired surrogate; send 'data_base64'");
			}
			return this.text.getBytes(StandardCharsets.UTF_8);
		}

	}

}
