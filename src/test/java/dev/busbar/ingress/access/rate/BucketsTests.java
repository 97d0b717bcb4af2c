package dev.busbar.ingress.access.rate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BucketsTests {

	private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

	private Instant now = START;

	private final Clock clock = new Clock() {

		@Override
		public Instant instant() {
			return BucketsTests.this.now;
		}

		@Override
		public ZoneOffset getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(java.time.ZoneId zone) {
			return this;
		}

	};

	@Test
	void aBucketFillsSteadilyAndHoldsNoMoreThanItsCapacity() {
		TokenBucket bucket = new TokenBucket(2, 4, this.clock);
		assertThat(bucket.take(4)).isZero();
		assertThat(bucket.take(1)).isEqualTo(Duration.ofMillis(500));
		this.now = this.now.plusMillis(499);
		assertThat(bucket.take(1)).isPositive();
		this.now = this.now.plusMillis(1);
		assertThat(bucket.take(1)).isZero();
		this.now = this.now.plusSeconds(1000);
		assertThat(bucket.take(4)).isZero();
		assertThat(bucket.take(1)).isPositive();
	}

	@Test
	void aDebtIsPaidBeforeMoreIsTaken() {
		TokenBucket bucket = new TokenBucket(1, 1, this.clock);
		assertThat(bucket.take(1)).isZero();
		assertThat(bucket.takeMore(9)).isZero();
		assertThat(bucket.takeMore(1)).isEqualTo(Duration.ofSeconds(10));
		this.now = this.now.plusSeconds(10);
		assertThat(bucket.take(1)).isZero();
	}

	@Test
	void aClockThatGoesBackGivesNothingAndBlocksNothing() {
		TokenBucket bucket = new TokenBucket(1, 1, this.clock);
		assertThat(bucket.take(1)).isZero();
		this.now = START.minusSeconds(3600);
		assertThat(bucket.take(1)).isEqualTo(Duration.ofSeconds(1));
		this.now = this.now.plusSeconds(1);
		assertThat(bucket.take(1)).isZero();
	}

	@Test
	void ofTheNamesTheLastOnesAreRemembered() {
		Buckets buckets = new Buckets(1, 1, this.clock);
		assertThat(buckets.take("first")).isZero();
		assertThat(buckets.take("first")).isPositive();
		for (int i = 0; i < 10_000; i++) {
			buckets.take("name" + i);
		}
		assertThat(buckets.take("name9999")).isPositive();
		assertThat(buckets.take("first")).as("forgotten").isZero();
	}

}
