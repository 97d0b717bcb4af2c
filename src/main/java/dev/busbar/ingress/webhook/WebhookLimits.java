package dev.busbar.ingress.webhook;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.ingress.access.AccessProperties.RateLimit;
import dev.busbar.ingress.access.rate.AddressBuckets;
import dev.busbar.ingress.access.rate.Buckets;
import dev.busbar.ingress.access.rate.RateRefusal;
import dev.busbar.ingress.webhook.source.WebhookSource;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what is taken of each source, and what comes of each address without proof. The
 * two have nothing in common: whoever cannot sign takes nothing of a source's share. What
 * an address may still send does not depend on the sources that it has named, and so
 * tells nothing of them. Safe for use by several threads.
 */
final class WebhookLimits {

	private static final int BURST_SECONDS = 10;

	private final @Nullable RateLimit common;

	private final @Nullable AddressBuckets unverified;

	private final Clock clock;

	private final Map<String, Buckets> sources = new ConcurrentHashMap<>();

	/**
	 * Creates limits.
	 * @param common how much is taken of a source without a limit of its own; null: all
	 * @param unverifiedPerSecond how much comes of an address without proof; 0: any
	 * number
	 * @param clock tells the time
	 */
	WebhookLimits(@Nullable RateLimit common, int unverifiedPerSecond, Clock clock) {
		this.common = common;
		this.unverified = (unverifiedPerSecond > 0)
				? new AddressBuckets(unverifiedPerSecond, unverifiedPerSecond * BURST_SECONDS, clock) : null;
		this.clock = clock;
	}

	/**
	 * Refuses an address that has sent too much without proof, before anything of its
	 * request is read.
	 * @throws dev.busbar.problem.ProblemException (429) then
	 */
	void requireTrust(String address) {
		RateRefusal.unlessZero((this.unverified != null) ? this.unverified.pause(address) : Duration.ZERO,
				"Too many webhooks without a valid signature or credential have come from this address.",
				"have the limit raised (busbar.ingress.unverified-per-second).");
	}

	/** Counts a request that proved nothing. */
	void unverified(String address) {
		if (this.unverified != null) {
			this.unverified.take(address);
		}
	}

	/**
	 * Counts a verified delivery.
	 * @throws dev.busbar.problem.ProblemException (429) if the source has sent too many
	 */
	void admit(WebhookSource source) {
		// An open source's callers are counted already, each for himself.
		RateLimit limit = (source.rateLimit() != null || source.isOpen()) ? source.rateLimit() : this.common;
		if (limit != null) {
			Buckets bucket = this.sources.computeIfAbsent(source.name(),
					(name) -> new Buckets(limit.eventsPerSecond(), limit.capacity(), this.clock));
			RateRefusal.unlessZero(bucket.take(source.name()),
					"The source has sent more deliveries than its rate limit allows.",
					"have the limit raised (busbar.sources." + source.name() + ".rate-limit).");
		}
	}

}
