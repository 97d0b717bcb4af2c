package dev.busbar.event.format;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The syntax of RFC 3986, as far as its characters and its scheme go. Not
 * {@link java.net.URI}, which lets characters outside ASCII pass and costs more.
 */
public final class Uris {

	private static final String PUNCTUATION = "-._~:/?#[]@!$&'()*+,;=";

	private static final boolean[] ALLOWED = new boolean[128];

	static {
		for (char c = 0; c < 128; c++) {
			ALLOWED[c] = isLetter(c) || isDigit(c) || PUNCTUATION.indexOf(c) >= 0;
		}
	}

	private Uris() {
	}

	/**
	 * Whether a text is a URI: a scheme, then anything.
	 * @param text any text
	 */
	public static boolean isUri(String text) {
		return scheme(text) > 0 && isReference(text);
	}

	/**
	 * Whether a text is a URI or a relative reference. The empty text is one.
	 * @param text any text
	 */
	public static boolean isReference(String text) {
		if (scheme(text) < 0) {
			return false;
		}
		boolean fragment = false;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '%') {
				if (i + 2 >= text.length() || !isHex(text.charAt(i + 1)) || !isHex(text.charAt(i + 2))) {
					return false;
				}
				i += 2;
			}
			else if (c >= 128 || !ALLOWED[c] || (c == '#' && fragment)) {
				return false;
			}
			fragment |= c == '#';
		}
		return true;
	}

	/**
	 * A name as the path of a relative reference: a slash and the name, in which all but
	 * the unreserved characters of RFC 3986 is percent-encoded as UTF-8.
	 * @param name any text that is not empty
	 * @return the same path for the same name
	 */
	public static String path(String name) {
		StringBuilder path = new StringBuilder(name.length() + 1).append('/');
		for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
			char c = (char) (each & 0xFF);
			if (isLetter(c) || isDigit(c) || "-._~".indexOf(c) >= 0) {
				path.append(c);
			}
			else {
				path.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
			}
		}
		return path.toString();
	}

	/**
	 * The length of the scheme, 0 if there is none, -1 if what stands before the first
	 * colon can neither be a scheme nor a path's segment.
	 */
	private static int scheme(String text) {
		boolean valid = !text.isEmpty() && isLetter(text.charAt(0));
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == ':') {
				return valid ? i : -1;
			}
			if (c == '/' || c == '?' || c == '#') {
				return 0;
			}
			valid &= isLetter(c) || isDigit(c) || c == '+' || c == '-' || c == '.';
		}
		return 0;
	}

	private static boolean isLetter(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	private static boolean isHex(char c) {
		return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
	}

}
