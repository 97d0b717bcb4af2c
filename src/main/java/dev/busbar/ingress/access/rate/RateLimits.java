package dev.busbar.ingress.access.rate;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.busbar.ingress.access.AccessProperties;
import dev.busbar.ingress.access.AccessProperties.RateLimit;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.key.CallerToken;
import org.jspecify.annotations.Nullable;

/**
 * How many events each caller may send: a key its own number, all others a common one.
 */
public final class RateLimits {

	private final Map<String, TokenBucket> own = new HashMap<>();

	private final @Nullable Buckets common;

	/**
	 * Creates limits.
	 * @param properties the limits as configured
	 * @param clock tells the time
	 */
	public RateLimits(AccessProperties properties, Clock clock) {
		properties.keys().forEach((name, key) -> {
			RateLimit limit = key.rateLimit();
			if (limit != null) {
				this.own.put(CallerToken.KEY + ":" + name,
						new TokenBucket(limit.eventsPerSecond(), limit.capacity(), clock));
			}
		});
		RateLimit limit = properties.rateLimit();
		this.common = (limit != null) ? new Buckets(limit.eventsPerSecond(), limit.capacity(), clock) : null;
	}

	/**
	 * Counts a request, before it is read.
	 * @return zero, or how long the caller has to wait
	 */
	public Duration first(Caller caller) {
		TokenBucket bucket = bucket(caller);
		return (bucket != null) ? bucket.take(1) : Duration.ZERO;
	}

	/**
	 * Counts the further events of a request that was counted.
	 * @param count how many
	 * @return zero, or how long the caller has to wait, because others of his requests
	 * have used up the limit meanwhile
	 */
	public Duration further(Caller caller, int count) {
		TokenBucket bucket = (count > 0) ? bucket(caller) : null;
		return (bucket != null) ? bucket.takeMore(count) : Duration.ZERO;
	}

	private @Nullable TokenBucket bucket(Caller caller) {
		TokenBucket own = this.own.get(caller.id());
		return (own != null || this.common == null) ? own : this.common.bucket(caller.id());
	}

}
