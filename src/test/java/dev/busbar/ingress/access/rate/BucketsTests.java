package dev.busbar.ingress.access.rate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

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
	void addressesOfOneNetworkOfIpv6ShareABucketHoweverTheyAreWritten() {
		AddressBuckets buckets = new AddressBuckets(1, 1, this.clock);
		assertThat(buckets.take("2001:db8::1:2:3:4")).isZero();
		for (String address : List.of("2001:db8::1:2:3:5", "2001:db8:0:0:ffff::", "2001:0DB8:0:0::1%eth0")) {
			assertThat(buckets.take(address)).as(address).isPositive();
			assertThat(buckets.pause(address)).as(address).isPositive();
		}
		assertThat(buckets.pause("2001:db8:0:1::1")).isZero();
		assertThat(buckets.take("192.0.2.1")).isZero();
		assertThat(buckets.take("192.0.2.2")).isZero();
		assertThat(buckets.take("::ffff:192.0.2.1")).as("mapped").isZero();
		assertThat(buckets.pause("no:address")).isZero();
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
