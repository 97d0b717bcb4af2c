package dev.busbar.failure.cases;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

import dev.busbar.bus.Partitions;
import dev.busbar.failure.ground.Canaries;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Tally;
import dev.busbar.testing.Cage;
import dev.busbar.testing.ForeignClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What strangers put onto the broker itself ends as a dead letter, and loads no class.
 */
public interface HostileMessageCases extends FailureCase {

	@Test
	default void hostileMessages() throws Exception {
		ForeignClient foreign = Objects.requireNonNull(scene().site().broker().foreign());
		String prefix = Scene.prefix();
		String strange = Scene.prefix();
		// On each broker the hostile messages and the good ones share the first
		// partition.
		int key = IntStream.range(0, 100).filter((it) -> Partitions.of(prefix + it, 4) == 0).findFirst().orElseThrow();
		Instant start = Instant.now();
		List<Message> messages = List.of(new Message(Map.of(), new byte[] { '{', (byte) 0xff }),
				new Message(Map.of("content-type", "application/x-java-serialized-object"), Cage.serialized()),
				new Message(Canaries.FORGED, Cage.serialized()),
				new Message(forged(strange, "a"), text("[\"" + Cage.CANARY + "\",{}]")),
				new Message(forged(strange, "b"), text("{\"@class\":\"" + Cage.CANARY + "\",\"number\":[]}")),
				new Message(bomb(strange, "c", 300, 10), text("{\"key\":\"c\",\"number\":1}")),
				new Message(bomb(strange, "d", 250, 400), text("{\"key\":\"d\",\"number\":1}")),
				new Message(forged(strange, "e"), text("[".repeat(100_000))));
		List<String> accepted = new ArrayList<>();
		Duration longest = Duration.ZERO;
		for (Message message : messages) {
			foreign.publish("failure.ordered", prefix + key, message.headers, message.body);
			Duration next = Canaries.next(scene(), prefix, key, accepted.size());
			longest = (next.compareTo(longest) > 0) ? next : longest;
			accepted.add(prefix + key + "." + accepted.size());
			// The next event came after it in the same partition.
			assertThat(letters(start)).as("dead letters").isEqualTo(accepted.size());
		}
		assertThat(longest).as("until the next event is handled")
			.isLessThan(scene().size().within(Duration.ofSeconds(5)));
		Canaries.silent(scene());
		Tally good = Count.of(scene().client(), prefix).inOrder().balance(accepted);
		scene().report(
				new Tally(good.accepted() + messages.size(), good.effects(), messages.size(), good.pending(), 0, 0, 0),
				"the next event handled within %d ms", longest.toMillis());
	}

	private int letters(Instant start) {
		return scene().client().json("/dead-letters?limit=1000&from=" + start).get("deadLetters").size();
	}

	private static Map<String, String> forged(String prefix, String id) {
		Map<String, String> headers = new TreeMap<>(Canaries.FORGED);
		headers.put("content-encoding", "gzip");
		for (String attributes : List.of("ce_", "cloudEvents_")) {
			headers.put(attributes + "specversion", "1.0");
			headers.put(attributes + "id", "hostile-" + prefix + id);
			headers.put(attributes + "source", "/hostile");
			headers.put(attributes + "type", "failure.ordered");
		}
		return headers;
	}

	private static Map<String, String> bomb(String prefix, String id, int count, int length) {
		Map<String, String> headers = forged(prefix, id);
		for (int i = 0; i < count; i++) {
			headers.put("x-bomb-" + i, "x".repeat(length));
		}
		return headers;
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** A message that must not be handled. */
	@SuppressWarnings("ArrayRecordComponent")
	record Message(Map<String, String> headers, byte[] body) {

	}

}
