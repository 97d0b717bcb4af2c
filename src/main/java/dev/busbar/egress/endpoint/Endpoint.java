package dev.busbar.egress.endpoint;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How the receiver of a subscription does.
 *
 * @param subscription the subscription's name
 * @param disabled why it gets nothing, null if it does
 * @param disabledAt since when
 * @param failingSince when the first attempt failed since its last success, null if none
 * did
 * @param failures how many attempts failed since
 * @param warned how much of the time after which it is given up was warned of, in percent
 * @param opened how often its circuit was opened since its last success
 * @param retryAt when it is probed with one delivery, null if it gets all of them
 */
public record Endpoint(String subscription, @Nullable Cause disabled, @Nullable Instant disabledAt,
		@Nullable Instant failingSince, int failures, int warned, int opened, @Nullable Instant retryAt) {

	/** An endpoint of which nothing bad is known. */
	public static Endpoint healthy(String subscription) {
		return new Endpoint(subscription, null, null, null, 0, 0, 0, null);
	}

	/** The same endpoint, which gets nothing. */
	public Endpoint disable(Cause cause, Instant now) {
		return new Endpoint(this.subscription, cause, now, this.failingSince, this.failures, this.warned, this.opened,
				this.retryAt);
	}

	/**
	 * Why an endpoint gets nothing.
	 */
	public enum Cause {

		/** A person wants it so. */
		PERSON,

		/** It has answered 410. */
		GONE,

		/** It has failed for too long. */
		FAILING

	}

}
