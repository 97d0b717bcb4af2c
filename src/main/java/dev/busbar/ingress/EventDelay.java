package dev.busbar.ingress;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The attribute {@code busbardelay}: how long an event is kept before it is published. It
 * is for us, and does not travel with the event.
 */
final class EventDelay {

	static final String NAME = "busbardelay";

	private static final Duration MAX = Duration.ofDays(365);

	private EventDelay() {
	}

	/**
	 * The delay of an event.
	 * @return null if it has none
	 * @throws EventFormatException if it is no duration, or none that can be
	 */
	static @Nullable Duration of(Event<?> event) {
		String text = event.extensions().get(NAME);
		if (text == null) {
			return null;
		}
		Duration delay;
		try {
			delay = Duration.parse(text);
		}
		catch (DateTimeException ex) {
			throw new EventFormatException("The attribute '" + NAME
					+ "' is no duration as ISO 8601 has it. Send one like PT10M, PT36H or P2D.", ex);
		}
		if (delay.isNegative() || delay.isZero() || delay.compareTo(MAX) > 0) {
			throw new EventFormatException(
					"The attribute '" + NAME + "' must be longer than nothing and at most 365 days (P365D).");
		}
		return delay;
	}

	/** Whether an event has one, be it one that can be or not. */
	static boolean isPresent(Event<?> event) {
		return event.extensions().containsKey(NAME);
	}

	/** The event as it travels. */
	static Event<byte @Nullable []> without(Event<byte @Nullable []> e) {
		if (!isPresent(e)) {
			return e;
		}
		Map<String, String> extensions = new TreeMap<>(e.extensions());
		extensions.remove(NAME);
		return new Event<>(e.id(), e.source(), e.type(), e.subject(), e.time(), e.key(), e.correlationId(),
				e.causationId(), e.dataContentType(), e.dataSchema(), extensions, e.data());
	}

}
