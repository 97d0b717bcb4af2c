package dev.busbar.egress.http;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.egress.address.ForbiddenAddressException;
import dev.busbar.egress.address.HostAddresses;
import dev.busbar.egress.address.TargetUrl;
import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.delivery.RetrySchedule;
import dev.busbar.egress.subscription.Definition;
import dev.busbar.egress.subscription.KnownSubscription;
import dev.busbar.egress.subscription.Subscription;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.event.Event;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.transaction.support.TransactionOperations;

/**
 * What a person does with a subscription.
 */
class SubscriptionActions {

	/** The type of the event that tries a subscription out. */
	static final String TEST_TYPE = "busbar.test";

	private static final long LOOKUP_SECONDS = 5;

	private final Subscriptions subscriptions;

	private final HostAddresses addresses;

	private final DeliveryRows rows;

	private final RetrySchedule schedule;

	private final DispatchSignal signal;

	private final TransactionOperations transaction;

	private final String application;

	private final Clock clock;

	SubscriptionActions(Subscriptions subscriptions, HostAddresses addresses, DeliveryRows rows, RetrySchedule schedule,
			DispatchSignal signal, TransactionOperations transaction, String application, Clock clock) {
		this.subscriptions = subscriptions;
		this.addresses = addresses;
		this.rows = rows;
		this.schedule = schedule;
		this.signal = signal;
		this.transaction = transaction;
		this.application = application;
		this.clock = clock;
	}

	/**
	 * Creates a subscription. It gets nothing that waits for one of its name which was
	 * removed.
	 * @return its secret
	 */
	String create(@Nullable String name, Definition definition, boolean enabled) {
		Subscription subscription = checked(name, definition);
		return this.subscriptions
			.add(subscription, enabled,
					() -> this.rows.endAll(subscription.name(), State.CANCELLED, this.clock.instant()))
			.orElseThrow(() -> state("There is a subscription " + Problem.quote(name)
					+ " already. Change it with PATCH /subscriptions/{name}, or choose another name."));
	}

	/** Changes the members of a subscription that are there; null takes one away. */
	void change(String name, ObjectNode patch) {
		requireOwn(name, "changed");
		KnownSubscription known = known(name);
		checked(name, patched(Definition.of(known.subscription()), patch));
		try {
			if (!this.subscriptions.change(name, (present) -> patched(present, patch))) {
				throw unknown();
			}
		}
		catch (IllegalArgumentException ex) {
			throw invalid(String.valueOf(ex.getMessage()));
		}
	}

	private static Definition patched(Definition present, ObjectNode patch) {
		ObjectNode whole = EgressRequests.JSON.valueToTree(present);
		patch.properties().forEach((member) -> {
			if (member.getValue().isNull()) {
				whole.remove(member.getKey());
				// Refused below if it is not known.
				if (!Definition.MEMBERS.contains(member.getKey())) {
					whole.set(member.getKey(), member.getValue());
				}
			}
			else {
				whole.set(member.getKey(), member.getValue());
			}
		});
		return EgressRequests.as(whole, Definition.class);
	}

	private Subscription checked(@Nullable String name, Definition definition) {
		Subscription subscription;
		try {
			subscription = this.subscriptions.check(name, definition);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(String.valueOf(ex.getMessage()));
		}
		lookUp(subscription.url());
		return subscription;
	}

	private void lookUp(URI url) {
		try {
			this.addresses.find(url.getHost()).get(LOOKUP_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw invalid((ex.getCause() instanceof ForbiddenAddressException) ? TargetUrl.forbidden()
					: "The URL's host has no address. Check its name.");
		}
		catch (TimeoutException ex) {
			throw invalid("The URL's host was not found within " + LOOKUP_SECONDS + " s. Try again.");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	void remove(String name) {
		requireOwn(name, "removed");
		boolean removed = Boolean.TRUE.equals(this.transaction.execute((status) -> {
			boolean found = this.subscriptions.remove(name);
			if (found) {
				this.rows.endAll(name, State.CANCELLED, this.clock.instant());
			}
			return found;
		}));
		this.subscriptions.changed();
		if (!removed) {
			throw unknown();
		}
	}

	String rotate(String name) {
		requireOwn(name, "given a new secret");
		return this.subscriptions.rotate(name).orElseThrow(SubscriptionActions::unknown);
	}

	void enable(String name, boolean wanted) {
		KnownSubscription known = known(name);
		if (wanted && !known.subscription().enabled()) {
			throw state("The subscription is disabled in the configuration: set busbar.subscriptions." + name
					+ ".enabled to true.");
		}
		this.subscriptions.enable(name, wanted);
		this.signal.wakeAfterCommit(List.of(name));
	}

	/**
	 * Sends an event to a subscription, whatever types it wants, in one attempt.
	 * @return the id of the delivery
	 */
	long test(String name) {
		KnownSubscription known = known(name);
		this.subscriptions.changed();
		if (!this.subscriptions.isActive(known)) {
			throw state("The subscription is disabled. Enable it first: POST /subscriptions/" + name + "/enable.");
		}
		Instant now = this.clock.instant();
		byte[] data = EgressRequests.JSON.writeValueAsBytes(Map.of("subscription", name));
		Event<byte @Nullable []> event = new Event<>(UUID.randomUUID().toString(), "/" + this.application, TEST_TYPE,
				null, now, null, null, null, "application/json", null, Map.of(), data);
		List<Long> numbers = this.transaction.execute((status) -> {
			this.signal.wakeAfterCommit(List.of(name));
			return this.rows.add(List.of(new DeliveryRows.Addition(event, List.of(name))), now, now,
					this.schedule.pauses().size() - 1);
		});
		return (numbers != null) ? numbers.get(0) : 0;
	}

	KnownSubscription known(String name) {
		return this.subscriptions.find(name).orElseThrow(SubscriptionActions::unknown);
	}

	private void requireOwn(String name, String done) {
		if (known(name).subscription().declared()) {
			throw state("The subscription stands in the configuration (busbar.subscriptions." + name
					+ "), and can only be " + done + " there.");
		}
	}

	private static ProblemException state(String detail) {
		return Problem.of(ProblemType.SUBSCRIPTION_STATE, detail).asException();
	}

	private static ProblemException invalid(String detail) {
		return Problem.of(ProblemType.INVALID_SUBSCRIPTION, detail).asException();
	}

	static ProblemException unknown() {
		return Problem
			.of(ProblemType.UNKNOWN_SUBSCRIPTION, "No subscription has this name. GET /subscriptions lists all.")
			.asException();
	}

}
