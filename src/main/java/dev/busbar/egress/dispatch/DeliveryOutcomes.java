package dev.busbar.egress.dispatch;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.egress.delivery.DeliveryClaims.Claim;
import dev.busbar.egress.delivery.DeliveryClaims.End;
import dev.busbar.egress.delivery.DeliveryClaims;
import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.egress.delivery.RetrySchedule;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.EndpointHealth.Result;
import dev.busbar.egress.endpoint.EndpointHealth;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.egress.webhook.Attempt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Keeps how attempts have ended, many in one transaction: of the deliveries, and of their
 * endpoints.
 */
final class DeliveryOutcomes {

	private static final Logger logger = LoggerFactory.getLogger(DeliveryOutcomes.class);

	private final DeliveryRows rows;

	private final DeliveryClaims claims;

	private final RetrySchedule schedule;

	private final Endpoints endpoints;

	private final EndpointHealth health;

	private final Subscriptions subscriptions;

	private final DisabledEndpoints disabled;

	private final TransactionOperations transaction;

	private final Clock clock;

	DeliveryOutcomes(DeliveryRows rows, DeliveryClaims claims, RetrySchedule schedule, Endpoints endpoints,
			EndpointHealth health, Subscriptions subscriptions, DisabledEndpoints disabled,
			TransactionOperations transaction, Clock clock) {
		this.rows = rows;
		this.claims = claims;
		this.schedule = schedule;
		this.endpoints = endpoints;
		this.health = health;
		this.subscriptions = subscriptions;
		this.disabled = disabled;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Keeps outcomes.
	 * @param finished attempts that have ended, in the order of their ends
	 */
	void keep(List<Finished> finished) {
		Instant now = this.clock.instant();
		List<End> ends = finished.stream()
			.map((one) -> end(one, now))
			.sorted(Comparator.comparingLong((end) -> end.claim().number()))
			.toList();
		Boolean changed = this.transaction.execute((status) -> {
			// Endpoints first, as whoever ends all deliveries of one has it.
			Map<String, Endpoint> touched = lock(finished);
			List<End> kept = this.claims.end(ends);
			kept.forEach(DeliveryOutcomes::log);
			Set<Long> counted = kept.stream().map((end) -> end.claim().number()).collect(Collectors.toSet());
			Map<String, List<Result>> results = new TreeMap<>();
			for (Finished one : finished) {
				if (counted.contains(one.claim().number())) {
					results.computeIfAbsent(one.claim().subscription(), (name) -> new ArrayList<>())
						.add(new Result(one.attempt().success(), one.attempt().gone(), one.probe(),
								one.attempt().started(), one.attempt().notBefore()));
				}
			}
			boolean any = false;
			for (Endpoint endpoint : touched.values()) {
				any |= judge(endpoint, results.getOrDefault(endpoint.subscription(), List.of()), now);
			}
			return any;
		});
		if (Boolean.TRUE.equals(changed)) {
			this.subscriptions.changed();
		}
	}

	/** The endpoints that attempts may change: not those that do well and go on so. */
	private Map<String, Endpoint> lock(List<Finished> finished) {
		Set<String> names = new TreeSet<>();
		for (Finished one : finished) {
			String name = one.claim().subscription();
			if (!one.attempt().success() || !Endpoint.healthy(name).equals(this.subscriptions.endpoints().get(name))) {
				names.add(name);
			}
		}
		Map<String, Endpoint> locked = new TreeMap<>();
		names.forEach((name) -> this.endpoints.find(name, true).ifPresent((endpoint) -> locked.put(name, endpoint)));
		return locked;
	}

	private End end(Finished finished, Instant now) {
		Attempt attempt = finished.attempt();
		if (attempt.success()) {
			return new End(finished.claim(), attempt, State.DELIVERED, null, now);
		}
		Instant next = attempt.gone() ? null
				: this.schedule.next(finished.claim().tries() + 1, now, attempt.notBefore());
		return (next != null) ? new End(finished.claim(), attempt, State.PENDING, next, null)
				: new End(finished.claim(), attempt, State.DEAD, null, now);
	}

	/** Whether an endpoint has changed. */
	private boolean judge(Endpoint before, List<Result> results, Instant now) {
		Endpoint after = before;
		for (Result result : results) {
			after = this.health.after(after, result, now);
		}
		if (after.equals(before)) {
			return false;
		}
		this.endpoints.write(after);
		if (before.disabled() == null && after.disabled() != null) {
			int dead = this.rows.endAll(after.subscription(), State.DEAD, now);
			this.disabled.tell(after, dead);
		}
		return true;
	}

	private static void log(End end) {
		Claim claim = end.claim();
		Attempt attempt = end.attempt();
		if (end.state() == State.DEAD) {
			logger.warn("Delivery {} to {} is a dead letter after attempt {}: {}, millis={}", claim.number(),
					claim.subscription(), claim.attempts() + 1, attempt.problem(), attempt.millis());
		}
		else {
			logger.debug("Delivery {} to {} attempt={} outcome={} {} millis={} due={}", claim.number(),
					claim.subscription(), claim.attempts() + 1, end.state(), attempt.problem(), attempt.millis(),
					end.due());
		}
	}

	/**
	 * An attempt that has ended.
	 *
	 * @param claim the delivery
	 * @param attempt the attempt
	 * @param probe whether it was to find out how the endpoint does
	 */
	record Finished(Claim claim, Attempt attempt, boolean probe) {

	}

}
