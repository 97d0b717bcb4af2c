package dev.busbar.outbox.outgoing;

import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.outbox.redelivery.Redeliveries;
import org.jspecify.annotations.Nullable;

/**
 * A row that the relay has claimed.
 *
 * @param number its number
 * @param group the group that alone handles the event, null if it is for everyone
 * @param token the token of a redelivery
 * @param due when it was due as it was claimed, exactly as the database has it
 * @param event the event as it was stored
 */
record OutgoingRow(long number, @Nullable String group, @Nullable UUID token, OffsetDateTime due,
		Event<byte @Nullable []> event) {

	boolean isRedelivery() {
		return this.group != null;
	}

	/** The event as it goes over the broker. */
	Event<byte @Nullable []> outgoing() {
		if (this.group == null) {
			return this.event;
		}
		Map<String, String> extensions = new TreeMap<>(this.event.extensions());
		extensions.put(Redeliveries.GROUP, this.group);
		extensions.put(Redeliveries.TOKEN, String.valueOf(this.token));
		Event<byte @Nullable []> e = this.event;
		return new Event<>(e.id(), e.source(), e.type(), e.subject(), e.time(), e.key(), e.correlationId(),
				e.causationId(), e.dataContentType(), e.dataSchema(), extensions, e.data());
	}

	/** What it weighs in memory, about. */
	static long weight(long dataBytes) {
		return 1024 + dataBytes;
	}

}
