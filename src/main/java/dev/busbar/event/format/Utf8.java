package dev.busbar.event.format;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Strict UTF-8: overlong forms, surrogates, code points past U+10FFFF and cut sequences
 * are not well-formed. The JDK's decoder would replace them and JSON parsers let some of
 * them through.
 */
public final class Utf8 {

	private Utf8() {
	}

	/**
	 * Whether bytes are well-formed UTF-8.
	 * @param bytes the bytes
	 */
	public static boolean isWellFormed(byte[] bytes) {
		int length = bytes.length;
		int i = 0;
		while (i < length) {
			if (bytes[i] >= 0) {
				i++;
				continue;
			}
			int size = sequence(bytes, i, length);
			if (size == 0) {
				return false;
			}
			i += size;
		}
		return true;
	}

	/**
	 * Decodes bytes.
	 * @param bytes the bytes
	 * @return the text, or null if the bytes are not well-formed
	 */
	public static @Nullable String decode(byte[] bytes) {
		return isWellFormed(bytes) ? new String(bytes, StandardCharsets.UTF_8) : null;
	}

	/**
	 * The first position at which a text cannot be encoded.
	 * @param text any text
	 * @return the index of the first unpaired surrogate, or -1
	 */
	public static int unpairedSurrogate(String text) {
		int i = 0;
		while (i < text.length()) {
			char c = text.charAt(i);
			if (!Character.isSurrogate(c)) {
				i++;
			}
			else if (Character.isSurrogatePair(c, (i + 1 < text.length()) ? text.charAt(i + 1) : 0)) {
				i += 2;
			}
			else {
				return i;
			}
		}
		return -1;
	}

	/**
	 * The length of the sequence of more than one byte that starts here, 0 if malformed.
	 */
	private static int sequence(byte[] bytes, int at, int length) {
		int first = bytes[at] & 0xFF;
		int size = (first >= 0xF0) ? 4 : (first >= 0xE0) ? 3 : 2;
		if (first < 0xC2 || first > 0xF4 || at + size > length) {
			return 0;
		}
		int second = bytes[at + 1] & 0xFF;
		int lowest = switch (first) {
			case 0xE0 -> 0xA0;
			case 0xF0 -> 0x90;
			default -> 0x80;
		};
		int highest = switch (first) {
			case 0xED -> 0x9F;
			case 0xF4 -> 0x8F;
			default -> 0xBF;
		};
		if (second < lowest || second > highest) {
			return 0;
		}
		for (int i = at + 2; i < at + size; i++) {
			if ((bytes[i] & 0xC0) != 0x80) {
				return 0;
			}
		}
		return size;
	}

}
