package dev.busbar.store.inbox;

import java.util.HexFormat;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

/**
 * An event that asks to be admitted to the inbox.
 *
 * @param event the event
 * @param key the key of its row
 * @param hex the key as text
 * @param digest tells its type and data from others under the same key
 * @param token the token of its delivery, null for a first one
 */
@SuppressWarnings("ArrayRecordComponent")
record InboxCandidate(Event<byte @Nullable []> event, byte[] key, String hex, byte[] digest, @Nullable UUID token) {

	static InboxCandidate of(String group, Event<byte @Nullable []> event, @Nullable UUID token) {
		byte[] key = EventKeys.of(group, event.source(), event.id());
		return new InboxCandidate(event, key, HexFormat.of().formatHex(key),
				EventKeys.digest(event.type(), event.data()), token);
	}

}
