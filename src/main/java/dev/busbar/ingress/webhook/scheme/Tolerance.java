package dev.busbar.ingress.webhook.scheme;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How far the time of a delivery may be from ours, in either direction.
 *
 * @param limit the distance, which itself is still fine
 * @param clock our time
 */
public record Tolerance(Duration limit, Clock clock) {

	// ASCII digits alone, and few enough for a long.
	private static final Pattern SECONDS = Pattern.compile("[0-9]{1,15}");

	/**
	 * Looks at a timestamp.
	 * @param timestamp seconds since 1970 as they came
	 * @return why it is refused, null if it is fine
	 */
	@Nullable String refusal(@Nullable String timestamp) {
		if (timestamp == null || !SECONDS.matcher(timestamp).matches()) {
			return "no timestamp, or several, or none in whole seconds";
		}
		long distance = Math.abs(Long.parseLong(timestamp) - this.clock.instant().getEpochSecond());
		return (distance > this.limit.toSeconds())
				? "the timestamp is " + distance + " s away, and " + this.limit.toSeconds() + " s are allowed" : null;
	}

	/** The bytes of a text as it came, which a servlet container reads as ISO 8859-1. */
	static byte[] bytes(String header) {
		return header.getBytes(StandardCharsets.ISO_8859_1);
	}

}
