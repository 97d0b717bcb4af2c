package dev.busbar.handler;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import dev.busbar.event.NonRetryable;
import dev.busbar.handler.RetryProperties.Order;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * How often and when the events of a handler are tried again.
 *
 * @param attempts how many attempts are made in place
 * @param backoff the pause before the second one
 * @param maxBackoff the longest pause in place
 * @param jitter by which part pauses and delays vary
 * @param delays after which times further attempts are made
 * @param order what becomes of later events of the key meanwhile
 * @param never after which exceptions no further attempt is made
 */
public record RetryPolicy(int attempts, Duration backoff, Duration maxBackoff, double jitter, List<Duration> delays,
		Order order, Set<Class<?>> never) {

	/** As deep as a chain of causes is looked at. */
	private static final int CAUSES = 20;

	private static final int MAX_DELAYS = 100;

	private static final Duration MAX_DELAY = Duration.ofDays(365);

	/**
	 * The policy that holds where a handler has no settings of its own.
	 * @param defaults the settings of all handlers
	 * @return the policy: no delayed attempts
	 */
	public static RetryPolicy of(HandlingProperties defaults) {
		return new RetryPolicy(defaults.attempts(), defaults.backoff(), defaults.maxBackoff(),
				RetryProperties.DEFAULT.jitter(), List.of(), Order.PARK, Set.of());
	}

	/**
	 * The policy of a handler.
	 * @param bean the name of the handler's bean, for errors
	 * @param own its settings
	 * @param defaults the settings of all handlers
	 * @return the policy
	 * @throws InvalidHandlerException if a setting is out of its range, or a class is
	 * none
	 */
	public static RetryPolicy of(String bean, RetryProperties own, HandlingProperties defaults) {
		String prefix = "busbar.handlers." + bean + ".retry.";
		int attempts = (own.attempts() != null) ? own.attempts() : defaults.attempts();
		check(attempts >= 1 && attempts <= 100, prefix + "attempts", attempts, "a number from 1 to 100");
		Duration backoff = (own.backoff() != null) ? own.backoff() : defaults.backoff();
		check(!backoff.isNegative(), prefix + "backoff", backoff, "a duration such as 200ms");
		Duration most = (own.maxBackoff() != null) ? own.maxBackoff() : defaults.maxBackoff();
		check(most.compareTo(backoff) >= 0, prefix + "max-backoff", most,
				"a duration not below the backoff of " + backoff);
		check(own.jitter() >= 0 && own.jitter() <= 1, prefix + "jitter", own.jitter(), "a number from 0 to 1");
		check(own.delays().size() <= MAX_DELAYS, prefix + "delays", own.delays().size() + " durations",
				"at most " + MAX_DELAYS);
		for (Duration delay : own.delays()) {
			check(!delay.isNegative() && !delay.isZero() && delay.compareTo(MAX_DELAY) <= 0, prefix + "delays", delay,
					"durations such as 1m, at most 365d each");
		}
		Set<Class<?>> never = new LinkedHashSet<>();
		own.never().forEach((name) -> never.add(exception(prefix + "never", name)));
		return new RetryPolicy(attempts, backoff, most, own.jitter(), own.delays(), own.order(), never);
	}

	private static Class<?> exception(String property, String name) {
		try {
			Class<?> found = ClassUtils.forName(name.trim(), ClassUtils.getDefaultClassLoader());
			if (Throwable.class.isAssignableFrom(found)) {
				return found;
			}
		}
		catch (ClassNotFoundException | LinkageError ex) {
			// Said below.
		}
		throw new InvalidHandlerException("%s names '%s', which is no exception class.".formatted(property, name),
				"Write the full name of a class on the class path, such as java.lang.IllegalArgumentException.");
	}

	private static void check(boolean valid, String property, Object value, String allowed) {
		if (!valid) {
			throw new InvalidHandlerException("%s is %s.".formatted(property, value), "Set it to " + allowed + ".");
		}
	}

	/**
	 * Whether another attempt may help after a failure: not if the exception, or one that
	 * caused it, is marked {@link NonRetryable} or named by the settings.
	 * @param failure what was thrown
	 * @return whether to try again
	 */
	public boolean mayHelp(Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < CAUSES; depth++) {
			Class<?> thrown = cause.getClass();
			if (thrown.isAnnotationPresent(NonRetryable.class)
					|| this.never.stream().anyMatch((each) -> each.isAssignableFrom(thrown))) {
				return false;
			}
			cause = cause.getCause();
		}
		return true;
	}

	/** The pause in place after the given number of failed attempts, from 1. */
	public Duration pauseAfter(int failures) {
		Duration pause = this.backoff.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), 16));
		return shorter(varied(shorter(pause)));
	}

	/**
	 * The delay of the next attempt after the given number of failed ones, of which those
	 * in place are done; null if there is none.
	 */
	public @Nullable Duration delayAfter(int failures) {
		int next = failures - this.attempts;
		return (next >= 0 && next < this.delays.size()) ? varied(this.delays.get(next)) : null;
	}

	/** How many attempts are made at most. */
	public int most() {
		return this.attempts + this.delays.size();
	}

	private Duration shorter(Duration pause) {
		return (pause.compareTo(this.maxBackoff) > 0) ? this.maxBackoff : pause;
	}

	private Duration varied(Duration pause) {
		if (this.jitter == 0 || pause.isZero()) {
			return pause;
		}
		double factor = 1 + this.jitter * ThreadLocalRandom.current().nextDouble(-1, 1);
		return Duration.ofMillis((long) (pause.toMillis() * factor));
	}

}
