package dev.busbar.store.letter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import dev.busbar.event.format.LogText;
import org.jspecify.annotations.Nullable;

/**
 * An exception as a dead letter keeps it: first a line for each cause down to the root,
 * then the beginning of each one's stack, so that neither a deep stack nor a long message
 * hides the root cause.
 */
public final class CauseText {

	/** As many characters a text has at most. */
	public static final int LENGTH = 8_000;

	// Of a longer chain both ends are told.
	private static final int END = 8;

	private static final int MAX_CHAIN = 10_000;

	private static final int MAX_NAME = 200;

	private static final int MIN_MESSAGE = 150;

	private static final int MAX_MESSAGE = 2_000;

	private static final int MAX_SUPPRESSED = 2;

	private static final int MAX_FRAMES = 40;

	private static final int MAX_FRAME = 300;

	private CauseText() {
	}

	/**
	 * The text of an exception.
	 * @param exception the exception
	 * @return at most {@value #LENGTH} characters, made without more of them in memory
	 */
	public static String of(Throwable exception) {
		List<@Nullable Throwable> chain = chain(exception);
		StringBuilder text = new StringBuilder(LENGTH);
		int message = Math.max(MIN_MESSAGE, Math.min(MAX_MESSAGE, LENGTH / 2 / chain.size()));
		String prefix = "";
		for (Throwable cause : chain) {
			if (cause == null) {
				text.append("... and so on, down to ...\n");
				continue;
			}
			text.append(prefix).append(line(cause, message)).append('\n');
			Throwable[] suppressed = cause.getSuppressed();
			for (int i = 0; i < Math.min(MAX_SUPPRESSED, suppressed.length) && chain.size() <= END; i++) {
				text.append("\tSuppressed: ").append(line(suppressed[i], MIN_MESSAGE)).append('\n');
			}
			prefix = "Caused by: ";
		}
		int left = chain.size();
		for (Throwable cause : chain) {
			if (cause != null) {
				stack(text, cause, (LENGTH - text.length()) / left);
			}
			left--;
		}
		return (text.length() <= LENGTH) ? text.toString() : text.substring(0, LENGTH - 1) + '\u2026';
	}

	/** The causes, with null where some are left out. */
	private static List<@Nullable Throwable> chain(Throwable exception) {
		List<@Nullable Throwable> all = new ArrayList<>();
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (Throwable cause = exception; cause != null && seen.add(cause)
				&& all.size() < MAX_CHAIN; cause = cause.getCause()) {
			all.add(cause);
		}
		if (all.size() <= 2 * END) {
			return all;
		}
		List<@Nullable Throwable> ends = new ArrayList<>(all.subList(0, END));
		ends.add(null);
		ends.addAll(all.subList(all.size() - END, all.size()));
		return ends;
	}

	private static String line(Throwable cause, int limit) {
		String name = LogText.of(cause.getClass().getName(), MAX_NAME);
		String message;
		try {
			message = cause.getLocalizedMessage();
		}
		catch (RuntimeException ex) {
			message = "(its message cannot be read: " + ex.getClass().getName() + ")";
		}
		if (message == null) {
			return name;
		}
		return name + ": " + LogText.of(message, limit) + ((message.length() > limit) ? "\u2026" : "");
	}

	private static void stack(StringBuilder text, Throwable cause, int room) {
		StackTraceElement[] frames = cause.getStackTrace();
		int end = text.length() + room;
		text.append('\n').append(LogText.of(cause.getClass().getName(), MAX_NAME)).append('\n');
		for (int i = 0; i < frames.length; i++) {
			String frame = "\tat " + LogText.of(frames[i].toString(), MAX_FRAME) + '\n';
			// Room for the line that counts the others.
			if (i == MAX_FRAMES || text.length() + frame.length() + 25 > end) {
				text.append("\t... ").append(frames.length - i).append(" more\n");
				break;
			}
			text.append(frame);
		}
	}

}
