package dev.busbar.egress.live;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.egress.feed.FeedPositionException;
import dev.busbar.egress.feed.TypePatterns;
import dev.busbar.event.format.Rfc3339;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/**
 * What a reader asks for: which events, and from where on. The same names and rules on
 * every protocol.
 *
 * @param types patterns of types; none: all
 * @param keys keys; none: any
 * @param sources sources; none: any
 * @param after the number after which to read, as the feed gave it; null if not said
 * @param from {@code start}, {@code now} or a time; null if not said
 */
public record FeedRequest(List<String> types, List<String> keys, List<String> sources, @Nullable String after,
		@Nullable String from) {

	private static final int MAX_VALUES = 100;

	/** H2 tries all that each of them may stand for. */
	private static final int MAX_STARS = 2;

	private static final Map<String, Integer> MAX_LENGTHS = Map.of("type", 256, "key", 256, "source", 512);

	private static final Set<String> NAMES = Set.of("type", "key", "source", "after", "from");

	public FeedRequest {
		types = checked("type", types);
		keys = checked("key", keys);
		sources = checked("source", sources);
	}

	/**
	 * Reads a request from parameters.
	 * @param parameters values by name: {@code type}, {@code key} and {@code source} any
	 * number of times, {@code after} or {@code from} once
	 * @param lastId where the reader has come, which outranks {@code after} and
	 * {@code from}; null if it does not say
	 * @return the request
	 * @throws ProblemException if it is malformed
	 */
	public static FeedRequest of(Map<String, String[]> parameters, @Nullable String lastId) {
		for (String name : parameters.keySet()) {
			if (!NAMES.contains(name)) {
				throw malformed("The parameter " + Problem.quote(name)
						+ " is not known here. Known are type, key, source (each any number of times), after and from.");
			}
		}
		String after = one(parameters, "after");
		String from = one(parameters, "from");
		if (after != null && from != null) {
			throw malformed("Both 'after' and 'from' say where to start. Leave one of them out.");
		}
		boolean resumes = lastId != null && !lastId.isEmpty();
		return new FeedRequest(all(parameters, "type"), all(parameters, "key"), all(parameters, "source"),
				resumes ? lastId : after, resumes ? null : from);
	}

	private static List<String> all(Map<String, String[]> parameters, String name) {
		String[] values = parameters.get(name);
		return (values != null) ? Arrays.asList(values) : List.of();
	}

	private static @Nullable String one(Map<String, String[]> parameters, String name) {
		List<String> values = all(parameters, name);
		if (values.size() > 1) {
			throw malformed("The parameter '" + name + "' is there " + values.size() + " times. Send it once.");
		}
		return values.isEmpty() ? null : values.get(0);
	}

	/** What passes of what the reader may read. */
	public FeedFilter filter(FeedLimits readable) {
		return new FeedFilter(this.types.isEmpty() ? TypePatterns.ALL : TypePatterns.of(this.types), readable,
				Set.copyOf(this.keys), Set.copyOf(this.sources));
	}

	/**
	 * Where the reader starts.
	 * @param feed the feed
	 * @return the number after which it reads
	 * @throws ProblemException if it cannot start there
	 */
	public long start(Feed feed) {
		if (this.after != null) {
			long position = number(this.after);
			try {
				FeedPositionException.check(feed, position);
			}
			catch (FeedPositionException ex) {
				throw gone(ex).asException();
			}
			return position;
		}
		if (this.from == null || this.from.equals("now")) {
			return feed.last();
		}
		return this.from.equals("start") ? feed.oldest() - 1 : feed.before(time(this.from));
	}

	/** What a reader is told that cannot go on where it was. */
	public static Problem gone(FeedPositionException gone) {
		return Problem.of(ProblemType.POSITION_GONE, gone.getMessage()
				+ " Start without Last-Event-ID and 'after': with from=start at the oldest event that is kept, or without it from now on.")
			.with("oldest", gone.oldest())
			.with("last", gone.last());
	}

	private static long number(String text) {
		if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			throw malformed("The position " + Problem.quote(text)
					+ " is none that the feed gave. Send the id of the last event that you have, or leave it out.");
		}
		return Long.parseLong(text);
	}

	private static Instant time(String text) {
		Instant time = Rfc3339.parse(text);
		if (time == null) {
			throw malformed("'from' is " + Problem.quote(text)
					+ ". Send 'start', 'now' or a time such as 2026-01-02T03:04:05Z.");
		}
		return time;
	}

	private static List<String> checked(String name, List<String> values) {
		if (values.size() > MAX_VALUES) {
			throw malformed("There are " + values.size() + " values of '" + name + "', and at most " + MAX_VALUES
					+ " are allowed.");
		}
		int longest = MAX_LENGTHS.getOrDefault(name, 0);
		for (String value : values) {
			if (value.isEmpty() || value.length() > longest) {
				throw malformed("A value of '" + name + "' has " + value.length() + " characters, and 1 to " + longest
						+ " are allowed.");
			}
		}
		if (name.equals("type") && values.stream().anyMatch(FeedRequest::hasManyStars)) {
			throw malformed("A pattern of types may have " + MAX_STARS + " '*' at most, such as 'order.*'.");
		}
		return List.copyOf(values);
	}

	private static boolean hasManyStars(String pattern) {
		return pattern.chars().filter((c) -> c == '*').count() > MAX_STARS;
	}

	private static ProblemException malformed(String detail) {
		return Problem.of(ProblemType.MALFORMED, detail).asException();
	}

}
