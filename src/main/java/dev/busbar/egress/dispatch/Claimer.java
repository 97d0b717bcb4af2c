package dev.busbar.egress.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.egress.delivery.DeliveryClaims;
import dev.busbar.egress.delivery.DeliveryClaims.Claim;
import dev.busbar.egress.delivery.DeliveryClaims.Message;
import dev.busbar.egress.delivery.DeliveryProperties;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.KnownSubscription;
import dev.busbar.egress.subscription.Subscription;
import dev.busbar.egress.subscription.Subscriptions;

/**
 * Claims deliveries within the bounds of what may run at the same time, of which a
 * subscription has half at most of what the others leave. To be used by one thread.
 */
final class Claimer {

	/** How long after the deadline of an attempt its claim ends. */
	private static final Duration MARGIN = Duration.ofSeconds(45);

	/** How many bytes of data are in memory at most, but for one delivery. */
	private static final long BYTES = 32_000_000;

	private final Subscriptions subscriptions;

	private final Endpoints endpoints;

	private final DeliveryClaims claims;

	private final InFlight inFlight;

	private final DeliveryProperties properties;

	Claimer(Subscriptions subscriptions, Endpoints endpoints, DeliveryClaims claims, InFlight inFlight,
			DeliveryProperties properties) {
		this.subscriptions = subscriptions;
		this.endpoints = endpoints;
		this.claims = claims;
		this.inFlight = inFlight;
		this.properties = properties;
	}

	/** How many further attempts of a subscription may run now. */
	int free(KnownSubscription known, Endpoint endpoint, Instant now) {
		return free(known, endpoint, places(), now);
	}

	private int places() {
		return this.properties.maxInFlight() - this.inFlight.count();
	}

	private int free(KnownSubscription known, Endpoint endpoint, int places, Instant now) {
		Subscription subscription = known.subscription();
		int running = this.inFlight.count(subscription.name());
		if (endpoint.retryAt() != null) {
			return (running == 0 && !endpoint.retryAt().isAfter(now)) ? 1 : 0;
		}
		return (int) Math.min(subscription.maxInFlight() - running, share(places, running));
	}

	/**
	 * What one may take in addition to its own: one that is slow must not have all in the
	 * end.
	 */
	private static long share(long left, long own) {
		return (left + own + 1) / 2 - own;
	}

	/**
	 * Claims what is due, in the running transaction.
	 * @param several the subscriptions, the one whose turn it is first at first
	 * @param now the time
	 * @return what is to be attempted once the transaction has committed
	 */
	Claimed claim(List<KnownSubscription> several, Instant now) {
		Instant until = now.plus(this.properties.deadline()).plus(MARGIN);
		List<Begun> attempts = new ArrayList<>();
		List<String> more = new ArrayList<>();
		int places = places();
		long bytes = BYTES - this.inFlight.bytes();
		for (KnownSubscription known : several) {
			String name = known.subscription().name();
			Endpoint endpoint = this.subscriptions.endpoints().get(name);
			int free = (endpoint != null) ? Math.min(places, free(known, endpoint, places, now)) : 0;
			long room = share(bytes, this.inFlight.bytes(name));
			if (endpoint == null || free <= 0 || room <= 0) {
				more.add(name);
				continue;
			}
			boolean probe = endpoint.retryAt() != null;
			List<Claim> claims = claim(known.subscription(), free, room, probe, now, until);
			if (claims.size() == free) {
				more.add(name);
			}
			for (Claim claim : claims) {
				attempts.add(new Begun(known, claim, probe));
				places--;
				bytes -= claim.size();
			}
		}
		return new Claimed(attempts, more, this.claims.events(attempts.stream().map(Begun::claim).toList()));
	}

	private List<Claim> claim(Subscription subscription, int free, long bytes, boolean probe, Instant now,
			Instant until) {
		String name = subscription.name();
		Integer rate = subscription.rate();
		int limit = (rate != null) ? this.endpoints.pace(name, rate, free, now) : free;
		// A probe that is taken is made.
		if (limit == 0 || (probe && !this.endpoints.probe(name, now, until))) {
			return List.of();
		}
		List<Claim> claims = this.claims.claim(name, limit, bytes, now, until);
		if (rate != null && !claims.isEmpty()) {
			this.endpoints.paced(name, rate, claims.size(), now);
		}
		return claims;
	}

	/**
	 * An attempt that is to begin.
	 *
	 * @param known the subscription
	 * @param claim the delivery
	 * @param probe whether it is to find out how the endpoint does
	 */
	record Begun(KnownSubscription known, Claim claim, boolean probe) {

	}

	/**
	 * What a transaction has claimed.
	 *
	 * @param attempts the attempts
	 * @param more the names of subscriptions that may have further deliveries that are
	 * due
	 * @param messages the webhooks, by the number of their event
	 */
	record Claimed(List<Begun> attempts, List<String> more, Map<Long, Message> messages) {

	}

}
