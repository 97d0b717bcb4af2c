package dev.busbar.ingress.webhook.source;

import java.util.List;

/**
 * The event types that a source may send: names, in which {@code *} stands for any
 * characters.
 *
 * @param patterns the patterns; none: all types
 */
public record TypePatterns(List<String> patterns) {

	/**
	 * Whether a type is among them.
	 * @param type the name of an event type
	 */
	public boolean include(String type) {
		return this.patterns.isEmpty() || this.patterns.stream().anyMatch((pattern) -> matches(pattern, type));
	}

	// Without regular expressions, whose time may explode.
	private static boolean matches(String pattern, String type) {
		int p = 0;
		int t = 0;
		int star = -1;
		int mark = 0;
		while (t < type.length()) {
			if (p < pattern.length() && pattern.charAt(p) == '*') {
				star = p++;
				mark = t;
			}
			else if (p < pattern.length() && pattern.charAt(p) == type.charAt(t)) {
				p++;
				t++;
			}
			else if (star >= 0) {
				p = star + 1;
				t = ++mark;
			}
			else {
				return false;
			}
		}
		while (p < pattern.length() && pattern.charAt(p) == '*') {
			p++;
		}
		return p == pattern.length();
	}

}
