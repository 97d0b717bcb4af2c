package dev.busbar.store;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Events for tests.
 */
public final class TestEvents {

	private TestEvents() {
	}

	public static Event<byte @Nullable []> event(String id, String data) {
		return event(id, "order.placed", data.getBytes(StandardCharsets.UTF_8));
	}

	@SuppressWarnings("NullAway") // It does not know that the data may be null.
	public static Event<byte @Nullable []> event(String id, String type, byte @Nullable [] data) {
		return new Event<>(id, "/test", type, null, null, "k", null, null, null, null, Map.of(), data);
	}

}
