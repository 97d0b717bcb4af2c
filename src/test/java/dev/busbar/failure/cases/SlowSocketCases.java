package dev.busbar.failure.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

import dev.busbar.failure.ground.Bystander;
import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Size;
import dev.busbar.testing.SlowSockets;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thousand clients that are slow on purpose, while others are served.
 */
public interface SlowSocketCases extends FailureCase {

	@Test
	default void slowRequestHeaders() {
		besides("POST /events HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "x", false);
	}

	@Test
	default void slowBodies() {
		besides(post("Content-Length: 100000\r\n") + "{", " ", true);
	}

	@Test
	default void slowChunks() {
		besides(post("Transfer-Encoding: chunked\r\n"), "1\r\n \r\n", true);
	}

	@Test
	default void bodiesThatDoNotCome() {
		besides(post("Content-Length: 100\r\n"), "", true);
	}

	private static String post(String header) {
		return "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/cloudevents+json\r\n" + header
				+ "\r\n";
	}

	private void besides(String beginning, String drop, boolean cutOff) {
		int slow = scene().size().of(1_000, 300);
		Bystander others = new Bystander(scene().client());
		try (SlowSockets sockets = new SlowSockets(scene().client().address())) {
			others.act(3);
			others.troubleBegins();
			sockets.open(slow, beginning, drop);
			others.act(5);
			assertThat(sockets.answered()).as("slow ones that are not let in").isZero();
			// In the whole form longer than any body is waited for.
			others.act(scene().size().of(35, 1));
			if (scene().size() != Size.SHORT) {
				assertThat(sockets.answered()).as("slow ones that are cut off").isEqualTo(cutOff ? slow : 0);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		assertThat(others.p99()).as("the slowest hundredth of the others, in ms")
			.isLessThan(scene().size().within(Duration.ofSeconds(1)).toMillis());
		assertThat(scene().process().log()).doesNotContain("OutOfMemoryError");
		scene().awaitOrders(others.prefix(), others.accepted().size());
		scene().report(Count.of(scene().client(), others.prefix()).balance(others.accepted()), "%d slow ones; %s", slow,
				others);
	}

}
