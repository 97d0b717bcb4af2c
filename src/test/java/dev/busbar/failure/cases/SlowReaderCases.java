package dev.busbar.failure.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

import dev.busbar.failure.app.FailureApplication;
import dev.busbar.failure.ground.Bystander;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.SlowSockets;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thousand clients that follow the feed and read nothing of it, while others are
 * served. The feed makes each event a row more, so it is on for these cases only.
 */
public interface SlowReaderCases extends FailureCase {

	/** The system holds less for a client that does not read. */
	int BYTES = 8_000_000;

	@Test
	default void slowFeedReaders() {
		besides("GET /feed?type=failure.large HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200", "", 100_000);
	}

	@Test
	default void slowWebSockets() {
		webSockets(100_000);
	}

	/** Of these a thousand have no room in the heap. */
	@Test
	default void slowWebSocketsAndLargeEvents() {
		webSockets(1_000_000);
	}

	private void webSockets(int size) {
		String message = "{\"do\":\"subscribe\",\"ref\":\"slow\",\"types\":[\"failure.large\"]}";
		besides("""
				GET /ws HTTP/1.1\r
				Host: localhost\r
				Upgrade: websocket\r
				Connection: Upgrade\r
				Sec-WebSocket-Version: 13\r
				Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
				\r
				""", "HTTP/1.1 101", "\u0081" + (char) (0x80 + message.length()) + "\0\0\0\0" + message, size);
	}

	/**
	 * Opens slow ones beside others.
	 * @param request what a slow one asks
	 * @param answer how the answer begins that lets it in
	 * @param message what it sends then
	 * @param size how large the events are of which it gets some
	 */
	private void besides(String request, String answer, String message, int size) {
		int slow = scene().size().of(1_000, 300);
		try (BusbarProcess process = scene()
			.another(FailureApplication.class, "--busbar.feed.enabled=true", "--busbar.feed.max-readers=" + slow,
					"--busbar.socket.max-connections=" + slow, "--busbar.socket.ping-interval=5m")
			.withOption("-XX:+ExitOnOutOfMemoryError")
			.startReady(); SlowSockets sockets = new SlowSockets(process.client().address())) {
			Bystander others = new Bystander(process.client());
			others.act(3);
			others.troubleBegins();
			sockets.open(slow, request, "");
			assertThat(sockets.answered(answer)).as("slow ones that are let in").isEqualTo(slow);
			sockets.send(message);
			others.actWhile(Duration.ofMinutes(2), () -> followers(process.client()) < slow);
			assertThat(followers(process.client())).as("slow ones that follow").isEqualTo(slow);
			String prefix = Scene.prefix();
			int events = BYTES / size;
			Load load = new Load(process::client,
					Scene.events("failure.large", prefix, 10, events, Map.of("text", "x".repeat(size))), 1, 1);
			long start = System.nanoTime();
			others.actWhile(Duration.ofMinutes(5), () -> followers(process.client()) > 0);
			long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
			assertThat(followers(process.client())).as("slow ones that are not cut off").isZero();
			others.actWhile(Duration.ofMinutes(2), () -> sockets.ended() < slow);
			assertThat(sockets.ended()).as("slow ones that see their end").isEqualTo(slow);
			assertThat(others.p99()).as("the slowest hundredth of the others, in ms")
				.isLessThan(scene().size().within(Duration.ofSeconds(1)).toMillis());
			scene().await("effects", () -> count(process.client(), prefix, "failure.large") == events
					&& count(process.client(), others.prefix(), "failure.booked") == others.accepted().size());
			Count.of(process.client(), prefix).balance(load.await().accepted());
			assertThat(process.log()).doesNotContain("OutOfMemoryError");
			scene().report(Count.of(process.client(), others.prefix()).balance(others.accepted()),
					"%d slow ones, cut off after %d s; %s", slow, seconds, others);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int followers(BusbarClient client) {
		return client.json("/followers").asInt();
	}

	private static long count(BusbarClient client, String prefix, String type) {
		return client.json("/journal/counts?prefix=" + prefix).path(type).asLong(0);
	}

}
