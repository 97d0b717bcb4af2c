package dev.busbar.event.format;

import org.jspecify.annotations.Nullable;

/**
 * Text of strangers on one line of a log: an exception's message may quote the data, and
 * a line break in it would forge the next line.
 */
public final class LogText {

	private LogText() {
	}

	/**
	 * Makes a text fit for one line.
	 * @param text any text, or null
	 * @param limit how many characters are kept
	 * @return the text without line breaks and control characters, cut at the limit
	 */
	public static String of(@Nullable String text, int limit) {
		if (text == null) {
			return "null";
		}
		int end = Math.min(text.length(), limit);
		StringBuilder line = new StringBuilder(end);
		for (int i = 0; i < end; i++) {
			char c = text.charAt(i);
			line.append(isControl(c) ? ' ' : c);
		}
		return line.toString();
	}

	private static boolean isControl(char c) {
		int type = Character.getType(c);
		return type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
				|| type == Character.PARAGRAPH_SEPARATOR;
	}

}
