package dev.busbar.binder.jdbc.consumer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadLimitTests {

	private final ReadLimit limit = new ReadLimit();

	@Test
	void smallRecordsAreReadWithoutALimitOfTheirOwn() {
		for (int i = 0; i < 5; i++) {
			assertThat(this.limit.next(200)).isEqualTo(200);
			this.limit.read(200, true);
		}
	}

	@Test
	void noLimitIsTooLarge() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.limit.next(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
			this.limit.read(Integer.MAX_VALUE, true);
		}
	}

	@Test
	void aFewMoreThanFittedAreLookedAt() {
		this.limit.next(200);
		this.limit.read(8, true);
		assertThat(this.limit.next(200)).isEqualTo(11);
		this.limit.read(8, true);
		assertThat(this.limit.next(200)).isEqualTo(11);
		this.limit.read(1, true);
		assertThat(this.limit.next(200)).isEqualTo(2);
	}

	@Test
	void itDoublesAsLongAsAllFit() {
		this.limit.next(200);
		this.limit.read(1, true);
		for (int expected : new int[] { 2, 4, 8, 16, 32, 64, 128, 200, 200 }) {
			assertThat(this.limit.next(200)).isEqualTo(expected);
			this.limit.read(expected, true);
		}
	}

	@Test
	void theEndOfThePartitionSaysNothingOfSizes() {
		this.limit.next(200);
		this.limit.read(3, false);
		assertThat(this.limit.next(200)).isEqualTo(200);
	}

}
