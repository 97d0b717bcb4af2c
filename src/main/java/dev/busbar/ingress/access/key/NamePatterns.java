package dev.busbar.ingress.access.key;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names of event types or sources: a name itself, {@code order.*} for all that begin with
 * {@code order.}, or {@code *} for all.
 */
public final class NamePatterns {

	/** All names. */
	public static final NamePatterns ALL = new NamePatterns(List.of());

	private final List<String> patterns;

	private final Set<String> names = new HashSet<>();

	private final List<String> beginnings = new ArrayList<>();

	/**
	 * Reads patterns.
	 * @param patterns the patterns; none: all names
	 */
	public NamePatterns(List<String> patterns) {
		this.patterns = List.copyOf(patterns);
		for (String pattern : patterns) {
			if (pattern.endsWith("*")) {
				this.beginnings.add(pattern.substring(0, pattern.length() - 1));
			}
			else {
				this.names.add(pattern);
			}
		}
	}

	/** Whether a text is a pattern: not empty, and with no asterisk but at its end. */
	public static boolean isPattern(String text) {
		int star = text.indexOf('*');
		return !text.isBlank() && (star < 0 || star == text.length() - 1);
	}

	/** Whether all names match. */
	public boolean isAll() {
		return this.patterns.isEmpty();
	}

	/** Whether a name matches. */
	public boolean match(String name) {
		return isAll() || this.names.contains(name) || this.beginnings.stream().anyMatch(name::startsWith);
	}

	/** The patterns as they were read. */
	public List<String> patterns() {
		return this.patterns;
	}

}
