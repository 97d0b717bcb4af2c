package dev.busbar.event.format;

import org.jspecify.annotations.Nullable;

/**
 * Media types such as {@code application/json; charset=utf-8}, compared without regard to
 * case and parameters.
 */
public final class MediaTypes {

	private static final String PUNCTUATION = "!#$%&'*+-.^_`|~";

	private MediaTypes() {
	}

	/**
	 * Whether a text is a type, a slash and a subtype, perhaps with parameters.
	 * @param text any text
	 */
	public static boolean isMediaType(String text) {
		int end = end(text);
		int slash = text.indexOf('/');
		return isToken(text, 0, slash) && isToken(text, slash + 1, end);
	}

	/**
	 * Whether a media type declares JSON: {@code *}{@code /json} or
	 * {@code *}{@code /*+json}, or none at all, which in CloudEvents means JSON.
	 * @param text a media type, or null
	 */
	public static boolean isJson(@Nullable String text) {
		if (text == null) {
			return true;
		}
		int end = end(text);
		int start = end - 4;
		if (start < 2 || !text.regionMatches(true, start, "json", 0, 4)) {
			return false;
		}
		int slash = text.indexOf('/');
		return slash > 0 && (slash == start - 1 || (slash < start - 2 && text.charAt(start - 1) == '+'));
	}

	/**
	 * Whether a media type is the given one, whatever its parameters.
	 * @param text a media type, or null
	 * @param type the one to compare with, in lower case and without parameters
	 */
	public static boolean is(@Nullable String text, String type) {
		return text != null && end(text) == type.length() && text.regionMatches(true, 0, type, 0, type.length());
	}

	/** Where the parameters, or the white space before them, begin. */
	private static int end(String text) {
		int semicolon = text.indexOf(';');
		int end = (semicolon < 0) ? text.length() : semicolon;
		while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
			end--;
		}
		return end;
	}

	private static boolean isToken(String text, int start, int end) {
		for (int i = start; i < end; i++) {
			char c = text.charAt(i);
			boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			if (!letter && PUNCTUATION.indexOf(c) < 0) {
				return false;
			}
		}
		return start < end;
	}

}
