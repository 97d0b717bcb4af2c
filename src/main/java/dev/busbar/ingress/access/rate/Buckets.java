package dev.busbar.ingress.access.rate;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bucket of tokens per name, all alike. Of the names the last ones are remembered, so
 * that strangers cannot fill the memory; one that was forgotten starts anew.
 */
public final class Buckets {

	private static final int MAX_NAMES = 10_000;

	private final double perSecond;

	private final int capacity;

	private final Clock clock;

	private final Map<String, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
			return size() > MAX_NAMES;
		}

	};

	/**
	 * Creates buckets, which are full at first.
	 * @param perSecond how many tokens come in a second
	 * @param capacity how many a bucket holds
	 * @param clock tells the time
	 */
	public Buckets(double perSecond, int capacity, Clock clock) {
		this.perSecond = perSecond;
		this.capacity = capacity;
		this.clock = clock;
	}

	/**
	 * Takes a token.
	 * @param name whose
	 * @return zero, or how long to wait for one; then none was taken
	 */
	public Duration take(String name) {
		return bucket(name).take(1);
	}

	/** Gives back a token that was taken in vain. */
	public void giveBack(String name) {
		bucket(name).giveBack(1);
	}

	TokenBucket bucket(String name) {
		synchronized (this.buckets) {
			return this.buckets.computeIfAbsent(name,
					(each) -> new TokenBucket(this.perSecond, this.capacity, this.clock));
		}
	}

}
