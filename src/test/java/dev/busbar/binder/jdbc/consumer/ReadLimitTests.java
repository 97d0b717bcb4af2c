package dev.busbar.binder.jdbc.consumer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadLimitTests {

	private final ReadLimit limit = new ReadLimit();

	@Test
	void smallRecordsAreReadWithoutALimitOfTheirOwn() {
		for (int i = 0; i < 5; i++) {
			assertThat(this.limit.next(200)).isEqualTo(200);
			this.limit.learn(200, true);
		}
	}

	@Test
	void noLimitIsTooLarge() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.limit.next(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
			this.limit.learn(Integer.MAX_VALUE, true);
		}
	}

	@Test
	void aFewMoreThanFittedAreLookedAtInTheEnd() {
		for (int expected : new int[] { 200, 50, 12, 11, 11 }) {
			assertThat(this.limit.next(200)).isEqualTo(expected);
			this.limit.learn(8, true);
		}
		for (int expected : new int[] { 11, 2, 2 }) {
			assertThat(this.limit.next(200)).isEqualTo(expected);
			this.limit.learn(1, true);
		}
	}

	@Test
	void oneLargeRecordMakesOneBatchSmaller() {
		this.limit.next(200);
		this.limit.learn(1, true);
		assertThat(this.limit.next(200)).isEqualTo(50);
		this.limit.learn(50, true);
		assertThat(this.limit.next(200)).isEqualTo(200);
	}

	@Test
	void itGrowsFastOnceAllFit() {
		for (int i = 0; i < 5; i++) {
			this.limit.next(200);
			this.limit.learn(1, true);
		}
		for (int expected : new int[] { 2, 8, 32, 128, 200, 200 }) {
			assertThat(this.limit.next(200)).isEqualTo(expected);
			this.limit.learn(expected, true);
		}
	}

	@Test
	void theEndOfThePartitionSaysNothingOfSizes() {
		this.limit.next(200);
		this.limit.learn(3, false);
		assertThat(this.limit.next(200)).isEqualTo(200);
	}

}
