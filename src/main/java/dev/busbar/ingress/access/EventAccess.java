package dev.busbar.ingress.access;

import java.time.Duration;
import java.util.List;

import dev.busbar.event.Event;
import dev.busbar.ingress.access.rate.RateLimits;
import dev.busbar.ingress.access.rate.RateRefusal;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;

/**
 * Whether a caller may publish just these events, now. Safe for use by several threads.
 */
public class EventAccess {

	private final RateLimits limits;

	EventAccess(RateLimits limits) {
		this.limits = limits;
	}

	/**
	 * Counts what is about to be read as one event. {@code POST} to {@code /events},
	 * {@code /webhook}, and a source of webhooks that asks for no secret are counted
	 * before they come to their endpoint.
	 * @throws dev.busbar.problem.ProblemException (429, with {@code Retry-After}) if the
	 * caller has sent too many
	 */
	public void admit(Caller caller) {
		requireRate(this.limits.first(caller));
	}

	/**
	 * Checks events that were admitted: all or none is allowed.
	 * @param caller who sends them
	 * @param events the events, with the types and sources that they will have
	 * @throws dev.busbar.problem.ProblemException (403) if a type or source is not
	 * allowed, which it names; (429) if these are too many
	 */
	public void require(Caller caller, List<? extends Event<?>> events) {
		for (int i = 0; i < events.size(); i++) {
			require(caller, events.get(i), (events.size() > 1) ? i : -1);
		}
		requireRate(this.limits.further(caller, events.size() - 1));
	}

	private static void require(Caller caller, Event<?> event, int index) {
		if (!caller.allowsType(event.type())) {
			throw refuse("events of the type " + Problem.quote(event.type()) + ". Allowed are 'allowedTypes'", index)
				.with("allowedTypes", caller.types())
				.asException();
		}
		if (!caller.allowsSource(event.source())) {
			throw refuse("events of the source " + Problem.quote(event.source()) + ". Allowed are 'allowedSources'",
					index)
				.with("allowedSources", caller.sources())
				.asException();
		}
	}

	private static Problem refuse(String what, int index) {
		String detail = "The caller may not publish " + what
				+ ". Use another key, or have this one changed (busbar.access.keys).";
		return (index < 0) ? Problem.of(ProblemType.EVENT_NOT_ALLOWED, detail)
				: Problem
					.of(ProblemType.EVENT_NOT_ALLOWED,
							"Event " + index + " of the batch (from 0): " + detail + " No event of it is stored.")
					.with("index", index);
	}

	private static void requireRate(Duration wait) {
		RateRefusal.unlessZero(wait, "The caller has sent more events than its rate limit allows.",
				"have the limit raised (busbar.access).");
	}

}
