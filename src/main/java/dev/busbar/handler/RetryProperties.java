package dev.busbar.handler;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the events of one handler are tried again.
 *
 * @param attempts how many attempts are made in place, from 1 to 100; by default
 * {@code busbar.handling.attempts}
 * @param backoff the pause before the second attempt, which doubles with each further
 * one; by default {@code busbar.handling.backoff}
 * @param maxBackoff the longest pause between two attempts in place; by default
 * {@code busbar.handling.max-backoff}
 * @param jitter by which part a pause or delay may be shorter or longer at random, from 0
 * to 1
 * @param delays after which times further attempts are made, one each, once those in
 * place have failed; meanwhile the partition goes on
 * @param order what becomes of later events of the key while an attempt is delayed
 * @param never the names of exception classes after which no further attempt is made, nor
 * after their subclasses or what they caused
 */
public record RetryProperties(@Nullable Integer attempts, @Nullable Duration backoff, @Nullable Duration maxBackoff,
		@DefaultValue("0.2") double jitter, @DefaultValue List<Duration> delays, @DefaultValue("park") Order order,
		@DefaultValue List<String> never) {

	static final RetryProperties DEFAULT = new RetryProperties(null, null, null, 0.2, List.of(), Order.PARK, List.of());

	public RetryProperties {
		delays = List.copyOf(delays);
		never = List.copyOf(never);
	}

	/**
	 * What becomes of later events of a key while an attempt is delayed.
	 */
	public enum Order {

		/** They are parked behind it: the order of the key is kept. */
		PARK,

		/** They go on, and so overtake it. */
		OVERTAKE

	}

}
