package dev.busbar.ingress.access.rate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * A bucket of tokens that fills steadily. It may be overdrawn, since how much a request
 * costs is known only once it was read: who has overdrawn waits until the debt is paid.
 */
final class TokenBucket {

	private final double perSecond;

	private final double capacity;

	private final Clock clock;

	private double tokens;

	private Instant filled;

	/**
	 * Creates a full bucket.
	 * @param perSecond how many tokens come in a second
	 * @param capacity how many it holds
	 * @param clock tells the time; one that goes back fills nothing
	 */
	TokenBucket(double perSecond, int capacity, Clock clock) {
		this.perSecond = perSecond;
		this.capacity = capacity;
		this.clock = clock;
		this.tokens = capacity;
		this.filled = clock.instant();
	}

	/**
	 * Takes tokens if at least one is there.
	 * @param count how many
	 * @return nothing to wait for, or after which time there will be one; then none was
	 * taken
	 */
	synchronized Duration take(int count) {
		fill();
		if (this.tokens < 1) {
			return untilOne();
		}
		this.tokens -= count;
		return Duration.ZERO;
	}

	/** Takes nothing, and tells how long to wait for a token. */
	synchronized Duration pause() {
		fill();
		return (this.tokens < 1) ? untilOne() : Duration.ZERO;
	}

	/** Takes tokens unless a debt stands already. */
	synchronized Duration takeMore(int count) {
		fill();
		if (this.tokens < 0) {
			return untilOne();
		}
		this.tokens -= count;
		return Duration.ZERO;
	}

	synchronized void giveBack(int count) {
		this.tokens = Math.min(this.capacity, this.tokens + count);
	}

	private Duration untilOne() {
		return Duration.ofNanos((long) Math.ceil((1 - this.tokens) / this.perSecond * 1e9));
	}

	private void fill() {
		Instant now = this.clock.instant();
		double seconds = Duration.between(this.filled, now).toNanos() / 1e9;
		if (seconds > 0) {
			this.tokens = Math.min(this.capacity, this.tokens + seconds * this.perSecond);
		}
		this.filled = now;
	}

}
