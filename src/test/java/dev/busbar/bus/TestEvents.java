package dev.busbar.bus;

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

	public static Event<byte @Nullable []> event(String type, String id, @Nullable String key) {
		return event(type, id, key, "{\"n\":1}".getBytes(StandardCharsets.UTF_8));
	}

	public static Event<byte @Nullable []> event(String type, String id, @Nullable String key, byte[] data) {
		return new Event<>(id, "/test", type, null, null, key, null, null, null, null, Map.of(), data);
	}

}
