package dev.busbar.egress.feed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Event types by their names, in which {@code *} stands for any characters: {@code *},
 * {@code order.*}, {@code *.placed}. Immutable.
 */
public final class TypePatterns {

	/** Every type. */
	public static final TypePatterns ALL = new TypePatterns(List.of("*"));

	private final List<String> patterns;

	private final List<Pattern> compiled = new ArrayList<>();

	private TypePatterns(Collection<String> patterns) {
		this.patterns = patterns.stream().map((pattern) -> pattern.replaceAll("\\*+", "*")).distinct().toList();
		this.patterns.forEach((pattern) -> this.compiled.add(compile(pattern)));
	}

	/**
	 * The types that match one of some patterns.
	 * @param patterns the patterns; none matches nothing
	 * @return the types
	 */
	public static TypePatterns of(Collection<String> patterns) {
		return new TypePatterns(patterns);
	}

	private static Pattern compile(String pattern) {
		String regex = List.of(pattern.split("\\*", -1))
			.stream()
			.map(Pattern::quote)
			// Possessive where nothing follows; a name is short enough for the rest.
			.collect(Collectors.joining(".*"));
		return Pattern.compile(regex, Pattern.DOTALL);
	}

	/** Whether every type is among them. */
	public boolean all() {
		return this.patterns.contains("*");
	}

	/** Whether a type is among them. */
	public boolean contain(String type) {
		return all() || this.compiled.stream().anyMatch((pattern) -> pattern.matcher(type).matches());
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
