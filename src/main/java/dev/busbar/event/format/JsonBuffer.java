package dev.busbar.event.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A growing buffer of JSON text. What stands in it is well-formed only if its caller puts
 * tokens in the right order. For one thread.
 */
public final class JsonBuffer {

	private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

	private byte[] bytes;

	private int length;

	/**
	 * Creates a buffer.
	 * @param capacity the expected length
	 */
	public JsonBuffer(int capacity) {
		this.bytes = new byte[capacity];
	}

	/** Appends a structural character: a brace, bracket, comma or colon. */
	public JsonBuffer mark(char ascii) {
		reserve(1);
		this.bytes[this.length++] = (byte) ascii;
		return this;
	}

	/** Appends bytes as they are. */
	public JsonBuffer raw(byte[] json) {
		reserve(json.length);
		System.arraycopy(json, 0, this.bytes, this.length, json.length);
		this.length += json.length;
		return this;
	}

	/** Appends bytes as a text in Base64. */
	public JsonBuffer base64(byte[] data) {
		return mark('"').raw(Base64.getEncoder().encode(data)).mark('"');
	}

	/**
	 * Appends a text with its quotes.
	 * @throws IllegalArgumentException if the text has an unpaired surrogate
	 */
	public JsonBuffer text(String text) {
		int at = Utf8.unpairedSurrogate(text);
		if (at >= 0) {
			throw new IllegalArgumentException("unpaired surrogate at index " + at);
		}
		reserve(text.length() + 2);
		mark('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c >= 0x80) {
				rest(text, i);
				break;
			}
			escaped(c);
		}
		return mark('"');
	}

	/** The text so far. */
	public byte[] toBytes() {
		return Arrays.copyOf(this.bytes, this.length);
	}

	/** Appends the rest of a text that is not ASCII alone. */
	private void rest(String text, int from) {
		for (byte b : text.substring(from).getBytes(StandardCharsets.UTF_8)) {
			escaped(b);
		}
	}

	private void escaped(int c) {
		reserve(6);
		if (c == '"' || c == '\\') {
			this.bytes[this.length++] = '\\';
			this.bytes[this.length++] = (byte) c;
		}
		else if (c >= 0 && c < 0x20) {
			this.bytes[this.length++] = '\\';
			this.bytes[this.length++] = 'u';
			this.bytes[this.length++] = '0';
			this.bytes[this.length++] = '0';
			this.bytes[this.length++] = HEX[c >> 4];
			this.bytes[this.length++] = HEX[c & 0xF];
		}
		else {
			this.bytes[this.length++] = (byte) c;
		}
	}

	private void reserve(int more) {
		if (more > this.bytes.length - this.length) {
			int needed = Math.addExact(this.length, more);
			this.bytes = Arrays.copyOf(this.bytes,
					Math.max(needed, (int) Math.min(2L * needed, Integer.MAX_VALUE - 8)));
		}
	}

}
