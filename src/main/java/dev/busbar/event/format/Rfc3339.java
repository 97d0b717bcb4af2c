package dev.busbar.event.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/**
 * Timestamps as RFC 3339 has them: seconds and an offset are required, {@code t} and
 * {@code z} may be lower case, the fraction may have any length (past nanoseconds it is
 * cut), and the leap second 60 reads as the second that follows. What is read lies in the
 * years 0000 to 9999 of UTC, so that it can be written again.
 */
public final class Rfc3339 {

	private static final long FIRST = LocalDateTime.of(0, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);

	private static final long AFTER_LAST = LocalDateTime.of(10_000, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);

	private Rfc3339() {
	}

	/**
	 * Writes a timestamp in UTC, with {@code Z}, as {@link Instant#toString()} does; that
	 * one takes a twentieth of the time in which an event is handled.
	 * @param time the timestamp
	 * @throws IllegalArgumentException if the year has no four digits
	 */
	public static String format(Instant time) {
		if (!isWritable(time.getEpochSecond())) {
			throw new IllegalArgumentException("a timestamp must lie in the years 0000 to 9999");
		}
		LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
		char[] text = "0000-00-00T00:00:00.000000000".toCharArray();
		write(text, 3, utc.getYear());
		write(text, 6, utc.getMonthValue());
		write(text, 9, utc.getDayOfMonth());
		write(text, 12, utc.getHour());
		write(text, 15, utc.getMinute());
		write(text, 18, utc.getSecond());
		write(text, 28, utc.getNano());
		return new String(text, 0, length(utc.getNano())) + 'Z';
	}

	/**
	 * How much of the text tells something: no fraction, or its first 3, 6 or 9 digits.
	 */
	private static int length(int nanos) {
		if (nanos == 0) {
			return 19;
		}
		return (nanos % 1_000_000 == 0) ? 23 : (nanos % 1_000 == 0) ? 26 : 29;
	}

	/** Writes a number from its last digit on, before zeros. */
	private static void write(char[] text, int last, int number) {
		int rest = number;
		for (int at = last; rest > 0; at--) {
			text[at] = (char) ('0' + rest % 10);
			rest /= 10;
		}
	}

	/**
	 * Reads a timestamp.
	 * @param text any text
	 * @return the timestamp, or null if the text is none, or one that {@link #format}
	 * refuses
	 */
	public static @Nullable Instant parse(String text) {
		int length = text.length();
		if (length < 20 || !hasShape(text)) {
			return null;
		}
		int nanos = 0;
		int at = 19;
		if (text.charAt(at) == '.') {
			int digits = 0;
			for (at++; at < length && isDigit(text.charAt(at)); at++) {
				if (digits++ < 9) {
					nanos = nanos * 10 + text.charAt(at) - '0';
				}
			}
			if (digits == 0) {
				return null;
			}
			for (; digits < 9; digits++) {
				nanos *= 10;
			}
		}
		int offset = offset(text, at);
		int second = digits(text, 17);
		if (offset == Integer.MIN_VALUE || second > 60) {
			return null;
		}
		try {
			LocalDateTime local = LocalDateTime.of(digits(text, 0) * 100 + digits(text, 2), digits(text, 5),
					digits(text, 8), digits(text, 11), digits(text, 14), Math.min(second, 59));
			long leap = second / 60;
			long seconds = local.toEpochSecond(ZoneOffset.UTC) - offset + leap;
			return isWritable(seconds) ? Instant.ofEpochSecond(seconds, nanos) : null;
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	private static boolean isWritable(long seconds) {
		return seconds >= FIRST && seconds < AFTER_LAST;
	}

	private static boolean hasShape(String text) {
		for (int i = 0; i < 19; i++) {
			char c = text.charAt(i);
			boolean fits = switch (i) {
				case 4, 7 -> c == '-';
				case 10 -> c == 'T' || c == 't';
				case 13, 16 -> c == ':';
				default -> isDigit(c);
			};
			if (!fits) {
				return false;
			}
		}
		return true;
	}

	/** The offset in seconds, or {@link Integer#MIN_VALUE} if there is none. */
	private static int offset(String text, int at) {
		int rest = text.length() - at;
		if (rest == 1 && (text.charAt(at) == 'Z' || text.charAt(at) == 'z')) {
			return 0;
		}
		if (rest != 6 || text.charAt(at + 3) != ':' || !isDigit(text.charAt(at + 1)) || !isDigit(text.charAt(at + 2))
				|| !isDigit(text.charAt(at + 4)) || !isDigit(text.charAt(at + 5))) {
			return Integer.MIN_VALUE;
		}
		int hours = digits(text, at + 1);
		int minutes = digits(text, at + 4);
		if (hours > 23 || minutes > 59) {
			return Integer.MIN_VALUE;
		}
		int seconds = hours * 3600 + minutes * 60;
		return switch (text.charAt(at)) {
			case '+' -> seconds;
			case '-' -> -seconds;
			default -> Integer.MIN_VALUE;
		};
	}

	private static int digits(String text, int at) {
		return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

}
