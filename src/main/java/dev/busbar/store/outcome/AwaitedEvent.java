package dev.busbar.store.outcome;

import java.util.HexFormat;

import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

/**
 * An event of which someone wants to know what becomes of it in a group: this very one,
 * not another one with other data under its source and id.
 *
 * @param group the consumer group
 * @param source the event's source
 * @param id the event's id
 * @param key its key in the inbox, in hexadecimal
 * @param digest what tells it from another one under its id, in hexadecimal
 * @param letter the key of its dead letter, in hexadecimal
 */
public record AwaitedEvent(String group, String source, String id, String key, String digest, String letter) {

	/**
	 * The event as it is found in the stores.
	 * @param group the consumer group
	 * @param event the event, with its data as it is published
	 */
	public static AwaitedEvent of(String group, Event<byte @Nullable []> event) {
		HexFormat hex = HexFormat.of();
		return new AwaitedEvent(group, event.source(), event.id(),
				hex.formatHex(EventKeys.of(group, event.source(), event.id())),
				hex.formatHex(EventKeys.digest(event.type(), event.data())),
				hex.formatHex(EventKeys.letter(group, event.source(), event.id(), event.data())));
	}

}
