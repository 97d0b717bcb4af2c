package dev.busbar.egress.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.busbar.egress.delivery.DeliveryProperties;
import dev.busbar.egress.delivery.DeliveryClaims.Claim;
import dev.busbar.egress.delivery.DeliveryClaims.Message;
import dev.busbar.egress.delivery.DeliveryClaims;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.dispatch.DeliveryOutcomes.Finished;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.KnownSubscription;
import dev.busbar.egress.subscription.SigningSecrets;
import dev.busbar.egress.subscription.Subscription;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.egress.webhook.Attempt;
import dev.busbar.egress.webhook.WebhookClient;
import dev.busbar.egress.webhook.WebhookRequests;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * One round of the dispatcher: keeps what has ended, then claims and sends what is due.
 * Of a subscription whose circuit is open nothing is even looked at, but for one probe at
 * a time. To be used by one thread.
 */
final class DispatchRound {

	private static final Logger logger = LoggerFactory.getLogger(DispatchRound.class);

	/** How long after the deadline of an attempt its claim ends. */
	private static final Duration MARGIN = Duration.ofSeconds(45);

	/** How many bytes of data are in memory at most, but for one delivery. */
	private static final long BYTES = 32_000_000;

	/** After which time a subscription is looked at that nobody has named. */
	private static final Duration POLL = Duration.ofSeconds(1);

	private final Subscriptions subscriptions;

	private final Endpoints endpoints;

	private final DeliveryClaims claims;

	private final DeliveryOutcomes outcomes;

	private final WebhookClient client;

	private final DispatchSignal signal;

	private final TransactionOperations transaction;

	private final DeliveryProperties properties;

	private final Clock clock;

	private final InFlight inFlight = new InFlight();

	private final Map<String, Instant> nextLook = new HashMap<>();

	private final List<Finished> unkept = new ArrayList<>();

	// Whose turn it is first is left to chance.
	private final Random random = new Random();

	DispatchRound(Subscriptions subscriptions, Endpoints endpoints, DeliveryClaims claims, DeliveryOutcomes outcomes,
			WebhookClient client, DispatchSignal signal, TransactionOperations transaction,
			DeliveryProperties properties, Clock clock) {
		this.subscriptions = subscriptions;
		this.endpoints = endpoints;
		this.claims = claims;
		this.outcomes = outcomes;
		this.client = client;
		this.signal = signal;
		this.transaction = transaction;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * Does a round.
	 * @param named the subscriptions that have something new
	 * @return how many attempts have begun
	 */
	int run(Collection<String> named) {
		named.forEach(this.nextLook::remove);
		keep();
		Instant now = this.clock.instant();
		Map<String, KnownSubscription> candidates = candidates(now);
		if (candidates.isEmpty()) {
			return 0;
		}
		List<String> ready = new ArrayList<>(this.claims.ready(candidates.keySet(), now));
		candidates.keySet().forEach((name) -> this.nextLook.put(name, now.plus(POLL)));
		Collections.shuffle(ready, this.random);
		int begun = 0;
		for (String name : ready) {
			KnownSubscription known = candidates.get(name);
			if (known != null) {
				begun += attempt(known, now);
			}
		}
		return begun;
	}

	/** Keeps what has ended; what cannot be kept now is kept later. */
	void keep() {
		this.unkept.addAll(this.inFlight.drain());
		if (!this.unkept.isEmpty()) {
			this.outcomes.keep(List.copyOf(this.unkept));
			// There may be more where these were.
			this.unkept.forEach((one) -> this.nextLook.remove(one.claim().subscription()));
			this.unkept.clear();
		}
	}

	private Map<String, KnownSubscription> candidates(Instant now) {
		Map<String, KnownSubscription> candidates = new HashMap<>();
		Map<String, Endpoint> states = this.subscriptions.endpoints();
		this.subscriptions.all().forEach((name, known) -> {
			Endpoint endpoint = states.get(name);
			Instant look = this.nextLook.get(name);
			if (endpoint != null && known.secrets() != null && this.subscriptions.isActive(known)
					&& (look == null || !look.isAfter(now)) && free(known, endpoint, now) > 0) {
				candidates.put(name, known);
			}
		});
		return candidates;
	}

	private int free(KnownSubscription known, Endpoint endpoint, Instant now) {
		Subscription subscription = known.subscription();
		int running = this.inFlight.count(subscription.name());
		if (endpoint.retryAt() != null) {
			return (running == 0 && !endpoint.retryAt().isAfter(now)) ? 1 : 0;
		}
		return Math.min(subscription.maxInFlight() - running, this.properties.maxInFlight() - this.inFlight.count());
	}

	private int attempt(KnownSubscription known, Instant now) {
		String name = known.subscription().name();
		Endpoint endpoint = this.subscriptions.endpoints().get(name);
		long bytes = BYTES - this.inFlight.bytes();
		int free = (endpoint != null) ? free(known, endpoint, now) : 0;
		if (endpoint == null || free <= 0 || bytes <= 0) {
			this.nextLook.remove(name);
			return 0;
		}
		boolean probe = endpoint.retryAt() != null;
		Instant until = now.plus(this.properties.deadline()).plus(MARGIN);
		Claimed claimed = this.transaction.execute((status) -> {
			List<Claim> claims = claim(known.subscription(), free, bytes, probe, now, until);
			return new Claimed(claims, this.claims.events(claims));
		});
		if (claimed == null || claimed.claims().isEmpty()) {
			return 0;
		}
		if (probe) {
			this.subscriptions.changed();
		}
		if (claimed.claims().size() == free) {
			this.nextLook.remove(name);
		}
		claimed.claims().forEach(this.inFlight::start);
		claimed.claims().forEach((claim) -> send(known, claim, claimed.messages().get(claim.event()), probe));
		return claimed.claims().size();
	}

	private List<Claim> claim(Subscription subscription, int free, long bytes, boolean probe, Instant now,
			Instant until) {
		String name = subscription.name();
		if (probe && !this.endpoints.probe(name, now, until)) {
			return List.of();
		}
		Integer rate = subscription.rate();
		int limit = (rate != null) ? this.endpoints.pace(name, rate, free, now) : free;
		if (limit == 0) {
			return List.of();
		}
		List<Claim> claims = this.claims.claim(name, limit, bytes, now, until);
		if (rate != null && !claims.isEmpty()) {
			this.endpoints.paced(name, rate, claims.size(), now);
		}
		return claims;
	}

	// Whatever happens, the attempt ends: else its place would be taken for good.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void send(KnownSubscription known, Claim claim, @Nullable Message message, boolean probe) {
		Instant started = this.clock.instant();
		SigningSecrets secrets = known.secrets();
		try {
			if (message == null || secrets == null) {
				throw new IllegalStateException("its event is not there any more");
			}
			this.client.send(WebhookRequests.of(known.subscription(), secrets, message.id(), message.event(), started))
				.thenAccept((attempt) -> finish(new Finished(claim, attempt, probe)));
		}
		catch (RuntimeException ex) {
			logger.error("Delivery {} to {} cannot be written", claim.number(), claim.subscription(), ex);
			finish(new Finished(claim, new Attempt(started, 0, null, "the webhook cannot be written", null, null),
					probe));
		}
	}

	private void finish(Finished finished) {
		this.inFlight.finish(finished);
		this.signal.wake();
	}

	/** How many attempts run. */
	int running() {
		return this.inFlight.count();
	}

	/** Gives back what has not ended, so that others need not wait for the claims. */
	void release() {
		List<Claim> left = this.inFlight.claims();
		if (!left.isEmpty()) {
			this.transaction.executeWithoutResult((status) -> this.claims.release(left, this.clock.instant()));
		}
	}

	private record Claimed(List<Claim> claims, Map<Long, Message> messages) {

	}

}
