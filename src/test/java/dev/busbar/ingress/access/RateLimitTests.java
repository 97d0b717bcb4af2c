package dev.busbar.ingress.access;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A key that may send one event a second, and three at once.
 */
class RateLimitTests extends GuardedServer {

	@Test
	void beyondTheBurstTheSenderIsToldWhenToComeAgain() {
		for (int i = 0; i < 3; i++) {
			assertThat(send().statusCode()).isEqualTo(200);
		}
		HttpResponse<String> refused = send();
		problem(refused, 429, "rate-limited");
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
		assertThat(this.bus.published).hasSize(3);
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(send().statusCode()).isEqualTo(200);
		problem(send(), 429, "rate-limited");
	}

	@Test
	void theEventsOfABatchCountEach() {
		assertThat(batch(13).statusCode()).isEqualTo(202);
		HttpResponse<String> refused = send();
		problem(refused, 429, "rate-limited");
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("11");
		this.clock.advance(Duration.ofSeconds(10));
		problem(send(), 429, "rate-limited");
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(send().statusCode()).isEqualTo(200);
	}

	@Test
	void whatIsNotValidCountsToo() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.http.post("/webhook", "{", with("slow", "Content-Type", "application/json")).statusCode())
				.isEqualTo(400);
		}
		problem(send(), 429, "rate-limited");
	}

	@Test
	void otherCallersAreNotHeldUp() {
		batch(100);
		problem(send(), 429, "rate-limited");
		for (int i = 0; i < 20; i++) {
			assertThat(webhook("some_event", with("publisher")).statusCode()).isEqualTo(200);
		}
	}

	private HttpResponse<String> send() {
		return webhook("some_event", with("slow"));
	}

	private HttpResponse<String> batch(int size) {
		return this.http.post("/events",
				IntStream.range(0, size)
					.mapToObj((i) -> event("order.placed", "/s").replace("\"id\":\"1\"", "\"id\":\"" + i + "\""))
					.collect(Collectors.joining(",", "[", "]")),
				with("slow", "Content-Type", "application/cloudevents-batch+json"));
	}

}
