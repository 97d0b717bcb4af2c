package dev.busbar.egress.http;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.busbar.egress.delivery.Delivery;
import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.egress.delivery.DeliveryArchive;
import dev.busbar.egress.delivery.DeliveryFilter;
import dev.busbar.egress.http.DeliveryViews.Line;
import dev.busbar.egress.http.DeliveryViews.Page;
import dev.busbar.egress.http.DeliveryViews.Try;
import dev.busbar.egress.http.DeliveryViews.Whole;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Deliveries over HTTP: {@code /deliveries}.
 */
@RestController
class DeliveriesEndpoint {

	private static final int ATTEMPTS = 200;

	/** As many dead letters are retried by one request. */
	private static final int RETRIED = 10_000;

	private final DeliveryArchive archive;

	private final Subscriptions subscriptions;

	DeliveriesEndpoint(DeliveryArchive archive, Subscriptions subscriptions) {
		this.archive = archive;
		this.subscriptions = subscriptions;
	}

	@GetMapping("/deliveries")
	ResponseEntity<Page> list(HttpServletRequest request) {
		EgressRequests.check(request, "state", "subscription", "type", "eventId", "source", "from", "to", "limit",
				"cursor");
		int limit = EgressRequests.limit(request.getParameter("limit"));
		String cursor = request.getParameter("cursor");
		Long before = (cursor != null && !cursor.isEmpty()) ? EgressRequests.number(cursor) : null;
		if (before == null && cursor != null && !cursor.isEmpty()) {
			throw EgressRequests.malformed("'cursor' is none that was given as 'next'. Send it unchanged.");
		}
		String subscription = text(request, "subscription");
		DeliveryFilter filter = new DeliveryFilter(states(request.getParameter("state")),
				(subscription != null) ? List.of(subscription) : List.of(), text(request, "type"),
				text(request, "eventId"), text(request, "source"), time(request, "from"), time(request, "to"));
		return SubscriptionsEndpoint.answer(Page.of(this.archive.list(filter, before, limit + 1), limit));
	}

	@GetMapping("/deliveries/{id}")
	ResponseEntity<Whole> one(@PathVariable String id) {
		return SubscriptionsEndpoint.answer(whole(find(id)));
	}

	@PostMapping("/deliveries/{id}/retry")
	ResponseEntity<Whole> retry(@PathVariable String id) {
		Delivery delivery = find(id);
		if (!active().contains(delivery.subscription())) {
			throw state("Its subscription is disabled, or was removed. Enable it first: POST /subscriptions/"
					+ delivery.subscription() + "/enable.");
		}
		if (!this.archive.retry(delivery)) {
			throw state("The delivery is " + delivery.state().name().toLowerCase(Locale.ROOT)
					+ ". Only one that is dead can be attempted again.");
		}
		return ResponseEntity.accepted().contentType(MediaType.APPLICATION_JSON).body(whole(find(id)));
	}

	@PostMapping("/deliveries/retry")
	ResponseEntity<Map<String, Object>> retryAll(HttpServletRequest request) {
		RetryRequest asked = EgressRequests.as(EgressRequests.object(request), RetryRequest.class);
		DeliveryFilter filter = asked.filter();
		List<String> active = active();
		if (Boolean.TRUE.equals(asked.dryRun())) {
			return SubscriptionsEndpoint.answer(Map.of("dryRun", true, "total", this.archive.count(filter, active)));
		}
		int retried = this.archive.retryAll(filter, active, RETRIED);
		return ResponseEntity.accepted()
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("retried", retried, "more", retried == RETRIED));
	}

	private List<String> active() {
		this.subscriptions.changed();
		return this.subscriptions.all()
			.values()
			.stream()
			.filter(this.subscriptions::isActive)
			.map((known) -> known.subscription().name())
			.toList();
	}

	private Whole whole(Delivery delivery) {
		return new Whole(Line.of(delivery),
				this.archive.attempts(delivery.number(), ATTEMPTS).stream().map(Try::of).toList());
	}

	private Delivery find(String id) {
		Long number = EgressRequests.number(id);
		if (number == null) {
			throw unknown();
		}
		return this.archive.find(number).orElseThrow(DeliveriesEndpoint::unknown);
	}

	private static ProblemException unknown() {
		return Problem
			.of(ProblemType.UNKNOWN_DELIVERY,
					"No delivery has this id; it may have been removed after its retention. GET /deliveries lists all.")
			.asException();
	}

	private static ProblemException state(String detail) {
		return Problem.of(ProblemType.DELIVERY_STATE, detail).asException();
	}

	private static Set<State> states(@Nullable String names) {
		Set<State> states = EnumSet.noneOf(State.class);
		if (names != null && !names.isEmpty()) {
			for (String name : names.split(",", -1)) {
				states.add(Arrays.stream(State.values())
					.filter((state) -> state.name().equals(name.toUpperCase(Locale.ROOT)))
					.findFirst()
					.orElseThrow(() -> EgressRequests.malformed("The state " + Problem.quote(name)
							+ " is not known. Known are " + Arrays.toString(State.values()).toLowerCase(Locale.ROOT)
							+ ", several with commas.")));
			}
		}
		return states;
	}

	private static @Nullable String text(HttpServletRequest request, String name) {
		return EgressRequests.text(name, request.getParameter(name));
	}

	private static @Nullable Instant time(HttpServletRequest request, String name) {
		return EgressRequests.time(name, request.getParameter(name));
	}

	/**
	 * Which dead letters are to be attempted again.
	 *
	 * @param subscription of this subscription
	 * @param type of this event type
	 * @param eventId of events with this id
	 * @param source of events with this source
	 * @param from created at this time or later
	 * @param to created before this time
	 * @param dryRun whether only to count them
	 */
	record RetryRequest(@Nullable String subscription, @Nullable String type, @Nullable String eventId,
			@Nullable String source, @Nullable Instant from, @Nullable Instant to, @Nullable Boolean dryRun) {

		DeliveryFilter filter() {
			String name = EgressRequests.text("subscription", this.subscription);
			return new DeliveryFilter(Set.of(), (name != null) ? List.of(name) : List.of(),
					EgressRequests.text("type", this.type), EgressRequests.text("eventId", this.eventId),
					EgressRequests.text("source", this.source), EgressRequests.bounded("from", this.from),
					EgressRequests.bounded("to", this.to));
		}

	}

}
