package dev.busbar.egress.dispatch;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
		List<End> ends = finished.stream().map((one) -> end(one, now)).toList();
		this.transaction.executeWithoutResult((status) -> {
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
			results.forEach((name, several) -> judge(name, several, now));
		});
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

	private void judge(String name, List<Result> results, Instant now) {
		Endpoint known = this.subscriptions.endpoints().get(name);
		if (known != null && known.equals(Endpoint.healthy(name)) && results.stream().allMatch(Result::success)) {
			return;
		}
		Endpoint before = this.endpoints.find(name, true).orElse(null);
		if (before == null) {
			return;
		}
		Endpoint after = before;
		for (Result result : results) {
			after = this.health.after(after, result, now);
		}
		if (!after.equals(before)) {
			this.endpoints.write(after);
			this.subscriptions.changed();
			if (before.disabled() == null && after.disabled() != null) {
				int dead = this.rows.endAll(name, State.DEAD, now);
				this.disabled.tell(after, dead);
			}
		}
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
