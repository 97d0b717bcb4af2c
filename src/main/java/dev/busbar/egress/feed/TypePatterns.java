package dev.busbar.egress.feed;

import java.util.Collection;
import java.util.List;

/**
 * Event types by their names, in which {@code *} stands for any characters: {@code *},
 * {@code order.*}, {@code *.placed}. Immutable.
 */
public final class TypePatterns {

	/** Every type. */
	public static final TypePatterns ALL = new TypePatterns(List.of("*"));

	private final List<String> patterns;

	private TypePatterns(Collection<String> patterns) {
		this.patterns = patterns.stream().map((pattern) -> pattern.replaceAll("\\*+", "*")).distinct().toList();
	}

	/**
	 * The types that match one of some patterns.
	 * @param patterns the patterns; none matches nothing
	 * @return the types
	 */
	public static TypePatterns of(Collection<String> patterns) {
		return new TypePatterns(patterns);
	}

	/** Whether every type is among them. */
	public boolean all() {
		return this.patterns.contains("*");
	}

	/** Whether a type is among them. */
	public boolean contain(String type) {
		return all() || this.patterns.stream().anyMatch((pattern) -> matches(pattern, type));
	}

	/**
	 * No regular expression: a pattern of many stars would take it years. Of several
	 * stars only the last one ever has to take more.
	 */
	private static boolean matches(String pattern, String type) {
		int at = 0;
		int in = 0;
		int star = -1;
		int taken = 0;
		while (in < type.length()) {
			if (at < pattern.length() && pattern.charAt(at) == '*') {
				star = at++;
				taken = in;
			}
			else if (at < pattern.length() && pattern.charAt(at) == type.charAt(in)) {
				at++;
				in++;
			}
			else if (star >= 0) {
				at = star + 1;
				in = ++taken;
			}
			else {
				return false;
			}
		}
		return at == pattern.length() || (at == pattern.length() - 1 && pattern.charAt(at) == '*');
	}

	/** The patterns as SQL knows them, with {@code !} as the escape character. */
	List<String> like() {
		return this.patterns.stream()
			.map((pattern) -> pattern.replace("!", "!!").replace("%", "!%").replace("_", "!_").replace('*', '%'))
			.toList();
	}

	@Override
	public String toString() {
		return this.patterns.toString();
	}

}
