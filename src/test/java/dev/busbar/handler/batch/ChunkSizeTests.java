package dev.busbar.handler.batch;

import java.time.Duration;

import dev.busbar.handler.HandlingProperties;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChunkSizeTests {

	private static final Duration PAUSE = Duration.ofMillis(200);

	private final ChunkSize size = size(200);

	@Test
	void theFirstTransactionHasSixteenEvents() {
		assertThat(this.size.next()).isEqualTo(16);
	}

	@Test
	void theFirstTransactionHasNoMoreThanABatch() {
		assertThat(size(10).next()).isEqualTo(10);
	}

	@Test
	void aSlowHandlerShrinksTheNextTransactionAtOnce() {
		observe(16, Duration.ofMillis(1));
		assertThat(this.size.next()).isEqualTo(200);
		observe(200, Duration.ofMillis(100));
		assertThat(this.size.next()).isEqualTo(5);
	}

	@Test
	void aHandlerThatNeedsMoreThanTheTimeOfATransactionGetsOneEvent() {
		observe(16, Duration.ofSeconds(5));
		assertThat(this.size.next()).isEqualTo(1);
	}

	@Test
	void aHandlerThatBecomesFastGetsMoreByAndBy() {
		observe(16, Duration.ofMillis(100));
		int before = this.size.next();
		int steps = 0;
		while (before < 200) {
			observe(before, Duration.ofMillis(1));
			int next = this.size.next();
			assertThat(next).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(before * 5 / 4 + 2);
			before = next;
			steps++;
			assertThat(steps).isLessThan(100);
		}
		assertThat(steps).isGreaterThan(10);
	}

	@Test
	void aFastHandlerGetsNoMoreThanABatch() {
		for (int i = 0; i < 50; i++) {
			this.size.observe(200, 1);
			assertThat(this.size.next()).isEqualTo(200);
		}
	}

	private void observe(int events, Duration each) {
		this.size.observe(events, each.toNanos() * events);
	}

	private static ChunkSize size(int batchSize) {
		return new ChunkSize(
				new HandlingProperties(3, PAUSE, PAUSE, batchSize, Duration.ofMillis(500), Duration.ofSeconds(30)));
	}

}
