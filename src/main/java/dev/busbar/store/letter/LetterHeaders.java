package dev.busbar.store.letter;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a dead letter keeps of a message's headers: the event's attributes, what the
 * broker says of the message, and those that the application has named. Of all others the
 * names alone, since any may hold a secret; and where a value looks like one, not even
 * that of a header that is kept.
 */
public final class LetterHeaders {

	/** Stands for a value that is not kept. */
	public static final String HIDDEN = "(hidden)";

	private static final List<String> ATTRIBUTES = List.of("ce_", "ce-", "cloudevents_", "cloudevents:");

	private static final List<String> BROKER = List.of("kafka_", "amqp_", "jdbc_");

	private static final Set<String> OTHERS = Set.of("content-type", "contenttype", "content-encoding", "traceparent",
			"tracestate", "id", "timestamp", "(left out)");

	/** The letter tells them anyway, and a replay needs them. */
	private static final Set<String> IDENTITY = Set.of("specversion", "id", "source", "type", "subject", "time",
			"partitionkey");

	private static final Pattern SECRET_NAME = Pattern
		.compile("auth(?!or(?!i))|cookie|secret|passw|passphrase|pwd|token|(api|access|private|account)[-_]?key"
				+ "|credential|jwt|signature|session|bearer|connection[-_]?string");

	private static final List<Pattern> SECRET_VALUES = Stream
		.of("^\\s*(bearer|basic|digest|negotiate|hmac|aws4-hmac-sha256)\\s+\\S", "\\beyJ[\\w-]{7,}",
				"://[^/\\s@]*:[^/\\s@]+@", "(passw\\w*|pwd|secret|token|sig(nature)?|[\\w]*key)\\s*=\\s*\\S",
				"-----BEGIN ")
		.map((pattern) -> Pattern.compile(pattern, Pattern.CASE_INSENSITIVE))
		.toList();

	private final List<String> kept;

	/**
	 * Chooses headers.
	 * @param kept names of further headers whose values are kept, in any case; {@code *}
	 * at the end stands for any ending
	 */
	public LetterHeaders(Collection<String> kept) {
		this.kept = kept.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList();
	}

	/**
	 * Hides what is not to be kept.
	 * @param headers headers as text
	 * @return the same names
	 */
	public Map<String, String> of(Map<String, String> headers) {
		Map<String, String> shown = new TreeMap<>();
		headers.forEach((name, value) -> shown.put(name, isKept(name, value) ? value : HIDDEN));
		return shown;
	}

	/**
	 * The event's attributes whose values {@link #of} hides: without them its replay
	 * would be another event.
	 * @param headers headers as text
	 * @return names and values, never to be shown
	 */
	public Map<String, String> withheld(Map<String, String> headers) {
		Map<String, String> withheld = new TreeMap<>();
		headers.forEach((name, value) -> {
			if (isAttribute(name) && !isKept(name, value)) {
				withheld.put(name, value);
			}
		});
		return withheld;
	}

	/**
	 * What is stored of the headers of a message of which a letter may come later: what
	 * {@link #of} keeps, and what it hides of the event's attributes. Both methods make
	 * the same of it as of all headers.
	 * @param headers headers as text
	 * @return names and values, never to be shown
	 */
	public Map<String, String> forLater(Map<String, String> headers) {
		Map<String, String> stored = of(headers);
		stored.putAll(withheld(headers));
		return stored;
	}

	/**
	 * Whether a header carries an attribute of an event.
	 * @param name the header's name, in any case
	 */
	public static boolean isAttribute(String name) {
		return !attribute(name.toLowerCase(Locale.ROOT)).isEmpty();
	}

	private boolean isKept(String header, String value) {
		String name = header.toLowerCase(Locale.ROOT);
		String attribute = attribute(name);
		if (IDENTITY.contains(attribute)) {
			return true;
		}
		boolean known = !attribute.isEmpty() || OTHERS.contains(name) || BROKER.stream().anyMatch(name::startsWith);
		return (isNamed(name) || (known && !SECRET_NAME.matcher(name).find()))
				&& SECRET_VALUES.stream().noneMatch((pattern) -> pattern.matcher(value).find());
	}

	private static String attribute(String name) {
		return ATTRIBUTES.stream()
			.filter(name::startsWith)
			.map((prefix) -> name.substring(prefix.length()))
			.findFirst()
			.orElse("");
	}

	private boolean isNamed(String name) {
		return this.kept.stream()
			.anyMatch((each) -> each.endsWith("*") ? name.startsWith(each.substring(0, each.length() - 1))
					: name.equals(each));
	}

}
