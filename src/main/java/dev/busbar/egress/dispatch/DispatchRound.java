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
import java.util.Objects;
import java.util.Random;

import dev.busbar.egress.delivery.DeliveryProperties;
import dev.busbar.egress.delivery.DeliveryClaims.Claim;
import dev.busbar.egress.delivery.DeliveryClaims.Message;
import dev.busbar.egress.delivery.DeliveryClaims;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.dispatch.Claimer.Begun;
import dev.busbar.egress.dispatch.Claimer.Claimed;
import dev.busbar.egress.dispatch.DeliveryOutcomes.Finished;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.KnownSubscription;
import dev.busbar.egress.subscription.SigningSecrets;
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

	/** After which time a subscription is looked at that nobody has named. */
	private static final Duration POLL = Duration.ofSeconds(1);

	private final Subscriptions subscriptions;

	private final DeliveryClaims claims;

	private final DeliveryOutcomes outcomes;

	private final WebhookClient client;

	private final DispatchSignal signal;

	private final TransactionOperations transaction;

	private final Clock clock;

	private final InFlight inFlight = new InFlight();

	private final Claimer claimer;

	private final Map<String, Instant> nextLook = new HashMap<>();

	private final List<Finished> unkept = new ArrayList<>();

	// Whose turn it is first is left to chance.
	private final Random random = new Random();

	DispatchRound(Subscriptions subscriptions, Endpoints endpoints, DeliveryClaims claims, DeliveryOutcomes outcomes,
			WebhookClient client, DispatchSignal signal, TransactionOperations transaction,
			DeliveryProperties properties, Clock clock) {
		this.subscriptions = subscriptions;
		this.claims = claims;
		this.outcomes = outcomes;
		this.client = client;
		this.signal = signal;
		this.transaction = transaction;
		this.claimer = new Claimer(subscriptions, endpoints, claims, this.inFlight, properties);
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
		List<KnownSubscription> together = new ArrayList<>();
		int begun = 0;
		for (String name : ready) {
			KnownSubscription known = candidates.get(name);
			if (known == null) {
				continue;
			}
			if (locksItsEndpoint(known)) {
				begun += attempt(List.of(known), now);
			}
			else {
				together.add(known);
			}
		}
		return begun + attempt(together, now);
	}

	/**
	 * Such ones have transactions of their own, which no other instance can block for
	 * good.
	 */
	private boolean locksItsEndpoint(KnownSubscription known) {
		Endpoint endpoint = this.subscriptions.endpoints().get(known.subscription().name());
		return known.subscription().rate() != null || (endpoint != null && endpoint.retryAt() != null);
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
					&& (look == null || !look.isAfter(now)) && this.claimer.free(known, endpoint, now) > 0) {
				candidates.put(name, known);
			}
		});
		return candidates;
	}

	/** Claims for all of them in one transaction, and sends what it has claimed. */
	private int attempt(List<KnownSubscription> several, Instant now) {
		if (several.isEmpty()) {
			return 0;
		}
		Claimed claimed = Objects
			.requireNonNull(this.transaction.execute((status) -> this.claimer.claim(several, now)));
		// Where there was no room for all, there may be more.
		claimed.more().forEach(this.nextLook::remove);
		if (claimed.attempts().stream().anyMatch(Begun::probe)) {
			this.subscriptions.changed();
		}
		claimed.attempts().forEach((begun) -> this.inFlight.start(begun.claim()));
		claimed.attempts()
			.forEach((begun) -> send(begun.known(), begun.claim(), claimed.messages().get(begun.claim().event()),
					begun.probe()));
		return claimed.attempts().size();
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

}
