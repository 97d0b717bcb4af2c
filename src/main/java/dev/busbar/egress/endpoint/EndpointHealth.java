package dev.busbar.egress.endpoint;

import java.time.Duration;
import java.time.Instant;

import dev.busbar.egress.endpoint.Endpoint.Cause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws conclusions from attempts. After some failures in a row the circuit of an
 * endpoint opens: it gets nothing for a time, then one delivery as a probe, whose failure
 * doubles the time. An endpoint without any success for long is disabled, after warnings
 * at 50, 70 and 90 % of that time.
 *
 * @param failures how many failures in a row open the circuit
 * @param firstPause how long it stays open at first
 * @param maxPause how long it stays open at most
 * @param disableAfter after which time of failures an endpoint is disabled
 */
public record EndpointHealth(int failures, Duration firstPause, Duration maxPause, Duration disableAfter) {

	private static final Logger logger = LoggerFactory.getLogger(EndpointHealth.class);

	private static final int[] WARNINGS = { 90, 70, 50 };

	/**
	 * What an endpoint is after an attempt.
	 * @param before what it was
	 * @param result how the attempt ended
	 * @param now the time
	 */
	public Endpoint after(Endpoint before, Result result, Instant now) {
		String name = before.subscription();
		if (before.disabled() != null) {
			return before;
		}
		if (result.success()) {
			if (before.opened() > 0) {
				logger.info("The endpoint of subscription {} answers again, after {} failures since {}", name,
						before.failures(), before.failingSince());
			}
			return Endpoint.healthy(name);
		}
		Instant since = (before.failingSince() != null) ? before.failingSince() : result.started();
		int failed = before.failures() + 1;
		int opened = before.opened();
		Instant retryAt = before.retryAt();
		boolean closed = retryAt == null || !retryAt.isAfter(now);
		if (result.probe() || (closed && failed >= this.failures)) {
			opened++;
			retryAt = now.plus(pause(opened));
			if (opened == 1) {
				logger.warn("The endpoint of subscription {} has failed {} times; it is probed from time to time", name,
						failed);
			}
		}
		if (result.notBefore() != null && (retryAt == null || result.notBefore().isAfter(retryAt))) {
			retryAt = result.notBefore();
		}
		int warned = warned(name, before.warned(), since, now);
		Endpoint after = new Endpoint(name, null, null, since, failed, warned, opened, retryAt);
		if (result.gone()) {
			return after.disable(Cause.GONE, now);
		}
		return (Duration.between(since, now).compareTo(this.disableAfter) >= 0) ? after.disable(Cause.FAILING, now)
				: after;
	}

	private Duration pause(int opened) {
		Duration pause = this.firstPause.multipliedBy(1L << Math.min(opened - 1, 20));
		return (pause.compareTo(this.maxPause) > 0) ? this.maxPause : pause;
	}

	private int warned(String name, int before, Instant since, Instant now) {
		long percent = Duration.between(since, now).toMillis() * 100 / Math.max(1, this.disableAfter.toMillis());
		for (int warning : WARNINGS) {
			if (percent >= warning && percent < 100 && before < warning) {
				logger
					.warn("The endpoint of subscription {} fails since {}, which is {} % of the time after which it is "
							+ "disabled ({})", name, since, warning, this.disableAfter);
				return warning;
			}
		}
		return before;
	}

	/**
	 * How an attempt ended, as far as the endpoint's health goes.
	 *
	 * @param success whether the endpoint took the webhook
	 * @param gone whether it has answered 410
	 * @param probe whether it was a probe
	 * @param started when the attempt began
	 * @param notBefore when the endpoint wants to be asked again, null if it did not say
	 */
	public record Result(boolean success, boolean gone, boolean probe, Instant started, @Nullable Instant notBefore) {

	}

}
