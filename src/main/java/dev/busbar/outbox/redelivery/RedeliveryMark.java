package dev.busbar.outbox.redelivery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import dev.busbar.bus.Delivery;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * What marks a redelivery on its way over the broker: two attributes that only the relay
 * sets. Anyone may forge them, but the inbox admits no token that it did not give.
 *
 * @param group the one group that handles it
 * @param token what the inbox admits
 */
public record RedeliveryMark(String group, UUID token) {

	/** The mark of an event, null if it has none, or half of one. */
	public static @Nullable RedeliveryMark of(Event<?> event) {
		String group = event.extensions().get(Redeliveries.GROUP);
		String token = event.extensions().get(Redeliveries.TOKEN);
		if (group == null || token == null) {
			return null;
		}
		try {
			return new RedeliveryMark(group, UUID.fromString(token));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/** The event without the attributes. */
	public static Event<byte @Nullable []> without(Event<byte @Nullable []> event) {
		if (!event.extensions().containsKey(Redeliveries.GROUP)
				&& !event.extensions().containsKey(Redeliveries.TOKEN)) {
			return event;
		}
		Map<String, String> others = new LinkedHashMap<>(event.extensions());
		others.remove(Redeliveries.GROUP);
		others.remove(Redeliveries.TOKEN);
		return new Event<>(event.id(), event.source(), event.type(), event.subject(), event.time(), event.key(),
				event.correlationId(), event.causationId(), event.dataContentType(), event.dataSchema(), others,
				event.data());
	}

	/** The delivery without headers of the attributes, under whatever prefix. */
	public static Delivery without(Delivery delivery) {
		if (delivery.headers().keySet().stream().noneMatch(RedeliveryMark::isMark)) {
			return delivery;
		}
		Map<String, Object> others = new LinkedHashMap<>(delivery.headers());
		others.keySet().removeIf(RedeliveryMark::isMark);
		return new Delivery(delivery.payload(), others);
	}

	private static boolean isMark(String header) {
		return endsWith(header, Redeliveries.GROUP) || endsWith(header, Redeliveries.TOKEN);
	}

	/** In upper case or lower case, for all headers of all messages. */
	private static boolean endsWith(String header, String end) {
		return header.regionMatches(true, header.length() - end.length(), end, 0, end.length());
	}

}
