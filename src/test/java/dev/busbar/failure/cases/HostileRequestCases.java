package dev.busbar.failure.cases;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.busbar.failure.ground.Canaries;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Scene;
import dev.busbar.testing.Cage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What strangers send by HTTP is refused, and loads no class.
 */
public interface HostileRequestCases extends FailureCase {

	@Test
	default void hostileRequests() {
		String prefix = Scene.prefix();
		List<String> accepted = new ArrayList<>();
		Duration longest = Duration.ZERO;
		List<Request> requests = List
			.of(new Request("undecodable", "application/cloudevents+json", new byte[] { '{', (byte) 0xff }, Map.of()),
					new Request("Java-serialized", "application/x-java-serialized-object", Cage.serialized(), Map.of()),
					new Request("Java-serialized as JSON", "application/json", Cage.serialized(), forged()),
					new Request("a class in the data", "application/json", text("[\"" + Cage.CANARY + "\",{}]"),
							forged()),
					new Request("many headers", "application/json", text("{}"), bomb(300, 10)),
					new Request("large headers", "application/json", text("{}"), bomb(1, 40_000)),
					new Request("nested without end", "application/json", text("[".repeat(100_000)), forged()));
		for (Request request : requests) {
			int status = Canaries.post(scene().client(), request.contentType, request.headers, request.body);
			assertThat(status).as(request.name).isBetween(400, 499);
			longest = max(longest, Canaries.next(scene(), prefix, 0, accepted.size()));
			accepted.add(prefix + "0." + accepted.size());
		}
		assertThat(longest).as("until the next event is handled")
			.isLessThan(scene().size().within(Duration.ofSeconds(5)));
		Canaries.silent(scene());
		scene().report(Count.of(scene().client(), prefix).inOrder().balance(accepted),
				"%d refused, the next event handled within %d ms", requests.size(), longest.toMillis());
	}

	private static Map<String, String> forged() {
		Map<String, String> headers = new TreeMap<>(Canaries.FORGED);
		headers.putAll(Map.of("ce-specversion", "1.0", "ce-id", "forged", "ce-source", "/forged", "ce-type",
				"failure.ordered"));
		return headers;
	}

	private static Map<String, String> bomb(int count, int length) {
		Map<String, String> headers = forged();
		for (int i = 0; i < count; i++) {
			headers.put("x-bomb-" + i, "x".repeat(length));
		}
		return headers;
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static Duration max(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

	/** A request that must be refused. */
	@SuppressWarnings("ArrayRecordComponent")
	record Request(String name, String contentType, byte[] body, Map<String, String> headers) {

	}

}
