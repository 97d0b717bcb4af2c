package dev.busbar.event.format;

import java.util.Arrays;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as RFC 8259 has it, in UTF-8 without a byte order mark, whatever leniency the
 * application's own mapper allows. Safe for use by several threads.
 */
public final class JsonText {

	private final JsonFactory factory;

	/**
	 * Creates a strict reader.
	 * @param constraints what a text may not exceed: depth, lengths
	 */
	public JsonText(StreamReadConstraints constraints) {
		// With detection, "1" and a NUL byte would read as the number 1 in UTF-16.
		this.factory = JsonFactory.builder()
			.streamReadConstraints(constraints)
			.disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
			.build();
	}

	/**
	 * Opens a parser. It does not see all malformed UTF-8: ask {@link Utf8} first.
	 * @param json the text
	 */
	public JsonParser parser(byte[] json) {
		return this.factory.createParser(ObjectReadContext.empty(), json);
	}

	/**
	 * Whether bytes are exactly one well-formed JSON value within the constraints.
	 * @param bytes any bytes
	 */
	public boolean isWellFormed(byte[] bytes) {
		if (bytes.length == 0 || !Utf8.isWellFormed(bytes)) {
			return false;
		}
		try (JsonParser parser = parser(bytes)) {
			JsonToken first = parser.nextToken();
			if (first == null) {
				return false;
			}
			parser.skipChildren();
			return parser.nextToken() == null;
		}
		catch (JacksonException ex) {
			return false;
		}
	}

	/**
	 * Copies a well-formed JSON value without the white space between its tokens.
	 * Everything else stays as it is, digits and escapes included.
	 * @param json holds the value
	 * @param start where the value starts
	 * @param end where it ends
	 */
	public static byte[] compact(byte[] json, int start, int end) {
		byte[] copy = new byte[end - start];
		int length = 0;
		boolean text = false;
		for (int i = start; i < end; i++) {
			byte b = json[i];
			if (text) {
				if (b == '\\') {
					copy[length++] = b;
					b = json[++i];
				}
				else if (b == '"') {
					text = false;
				}
			}
			else if (b == '"') {
				text = true;
			}
			else if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
				continue;
			}
			copy[length++] = b;
		}
		return (length == copy.length) ? copy : Arrays.copyOf(copy, length);
	}

}
