package dev.busbar.egress.filter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Patterns of event types: a type itself, {@code order.*} for all types that start with
 * {@code order.}, or {@code *} for all.
 */
public final class TypePatterns {

	private static final Pattern PATTERN = Pattern
		.compile("\\*|[^\\s*\\p{Cntrl}]{1,255}|[^\\s*\\p{Cntrl}]{1,253}\\.\\*");

	private final Set<String> names = new HashSet<>();

	private final List<String> prefixes = new ArrayList<>();

	/**
	 * Reads patterns.
	 * @param patterns the patterns
	 * @throws IllegalArgumentException if one is none
	 */
	public TypePatterns(List<String> patterns) {
		for (String pattern : patterns) {
			if (!PATTERN.matcher(pattern).matches()) {
				throw new IllegalArgumentException(
						"'types' must be event types such as order.placed, beginnings such as order.*, or *.");
			}
			if (pattern.endsWith("*")) {
				this.prefixes.add(pattern.substring(0, pattern.length() - 1));
			}
			else {
				this.names.add(pattern);
			}
		}
	}

	/**
	 * Whether one of the patterns matches.
	 * @param type the type of an event
	 */
	public boolean match(String type) {
		return this.names.contains(type) || this.prefixes.stream().anyMatch(type::startsWith);
	}

}
