package dev.busbar.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Events for tests, and their comparison with the data by content. */
@NullUnmarked
public final class EventSamples {

	/** An event with every attribute, outside ASCII where that is allowed. */
	public static final Event<byte @Nullable []> FULL = new Event<>("id-1 ü", "/shop/a?b=%20#c", "order.placed",
			"Größe \"XL\" 100% \\ 😀", Instant.parse("2026-01-31T12:00:00.123456789Z"), "Kunde 7 é", "c-1", "c-0",
			"application/json", "https://example.com/schema#1",
			Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "note", "日本 語"),
			"{\"a\":[1,2.5,\"xé\"]}".getBytes(StandardCharsets.UTF_8));

	private static final String[] TEXTS = { "a", "ü", "😀", "\"", "\\", "%", " ", "%41", "日", "/", "\u00a0", "+" };

	private EventSamples() {
	}

	/** An event with what it must have. */
	public static Event<byte @Nullable []> minimal(@Nullable String contentType, byte @Nullable [] data) {
		return new Event<>("1", "/s", "t", null, null, null, null, null, contentType, null, Map.of(), data);
	}

	/** An event of random attributes; the data is JSON, other bytes, or absent. */
	public static Event<byte @Nullable []> random(Random random) {
		Map<String, String> extensions = new TreeMap<>();
		for (int i = random.nextInt(4); i > 0; i--) {
			extensions.put("ext" + random.nextInt(100), text(random));
		}
		boolean json = random.nextBoolean();
		byte[] data = ("{\"n\":" + random.nextInt() + ",\"t\":[" + random.nextDouble() + "]}")
			.getBytes(StandardCharsets.UTF_8);
		if (!json) {
			data = new byte[1 + random.nextInt(50)];
			random.nextBytes(data);
		}
		return new Event<>(text(random), "/s/" + random.nextInt(), text(random), maybe(random, text(random)),
				random.nextBoolean() ? Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)) : null,
				maybe(random, text(random)), maybe(random, text(random)), maybe(random, text(random)),
				json ? "application/json" : "application/x-bytes", maybe(random, "urn:x:" + random.nextInt()),
				extensions, random.nextInt(5) == 0 ? null : data);
	}

	private static @Nullable String maybe(Random random, String text) {
		return random.nextBoolean() ? text : null;
	}

	private static String text(Random random) {
		StringBuilder text = new StringBuilder("x");
		for (int i = random.nextInt(6); i > 0; i--) {
			text.append(TEXTS[random.nextInt(TEXTS.length)]);
		}
		return text.append('y').toString();
	}

	/** Asserts that two events are equal, the data byte for byte. */
	public static void assertSame(Event<byte @Nullable []> actual, Event<byte @Nullable []> expected) {
		Assertions.assertThat(actual.withData(null)).isEqualTo(expected.withData(null));
		Assertions.assertThat(actual.data()).isEqualTo(expected.data());
	}

}
