package dev.busbar.ingress;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.busbar.ingress.RecentEvents.Accepted;
import dev.busbar.ingress.Trail.Handling;
import dev.busbar.ingress.Trail.Letter;
import dev.busbar.ingress.Trail.Result;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.outbox.schedule.WaitingEvent;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.DeadLetters.Summary;
import dev.busbar.store.DeliveryTrail;
import dev.busbar.store.FeedTrail;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.InboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * Finds out the way that an event took. Without any payload.
 */
class EventTrail {

	private static final int MAX_LISTED = 100;

	private static final List<InboxEntry.State> WORST_FIRST = List.of(InboxEntry.State.DEAD, InboxEntry.State.REPLAYING,
			InboxEntry.State.DELAYED, InboxEntry.State.HANDLED);

	private final RecentEvents recent;

	private final Inbox inbox;

	private final Outbox outbox;

	private final DeadLetters deadLetters;

	private final Schedule schedule;

	private final @Nullable DeliveryTrail deliveries;

	private final @Nullable FeedTrail feed;

	private final Clock clock;

	EventTrail(RecentEvents recent, Inbox inbox, Outbox outbox, DeadLetters deadLetters, Schedule schedule,
			@Nullable DeliveryTrail deliveries, @Nullable FeedTrail feed, Clock clock) {
		this.recent = recent;
		this.inbox = inbox;
		this.outbox = outbox;
		this.deadLetters = deadLetters;
		this.schedule = schedule;
		this.deliveries = deliveries;
		this.feed = feed;
		this.clock = clock;
	}

	/**
	 * Looks for an event.
	 * @param id its id
	 * @param source its source, null if there is only one
	 * @param visible which sources are looked at where none is said
	 * @return its way
	 * @throws dev.busbar.problem.ProblemException if there is none, or more than one
	 */
	Trail find(String id, @Nullable String source, Predicate<String> visible) {
		Instant now = this.clock.instant();
		// One that is not due and not on the schedule was taken off it, on any instance.
		List<Accepted> accepted = this.recent.find(id).stream().filter((entry) -> entry.isDue(now)).toList();
		String chosen = (source != null) ? source : onlySource(id, accepted, visible);
		List<InboxEntry> handled = this.inbox.find(id, chosen, MAX_LISTED + 1);
		List<Summary> dead = this.deadLetters.summaries(id, chosen, MAX_LISTED + 1);
		Accepted stored = accepted.stream().filter((entry) -> entry.source().equals(chosen)).findFirst().orElse(null);
		WaitingEvent waiting = this.schedule.find(id, chosen, 1).stream().findFirst().orElse(null);
		if (waiting != null && handled.isEmpty() && dead.isEmpty()) {
			return waiting(waiting);
		}
		List<DeliveryTrail.Entry> sent = (this.deliveries != null) ? this.deliveries.find(id, chosen, MAX_LISTED + 1)
				: List.of();
		FeedTrail.Entry fed = (this.feed != null && handled.isEmpty()) ? this.feed.find(id, chosen).orElse(null) : null;
		if (handled.isEmpty() && dead.isEmpty() && stored == null && sent.isEmpty() && fed == null) {
			throw unknown();
		}
		return trail(id, chosen, handled, dead, stored, sent, fed);
	}

	private String onlySource(String id, List<Accepted> accepted, Predicate<String> visible) {
		Set<String> sources = new TreeSet<>(this.inbox.sources(id, MAX_LISTED + 1));
		sources.addAll(this.deadLetters.sources(id, MAX_LISTED + 1));
		accepted.forEach((entry) -> sources.add(entry.source()));
		this.schedule.find(id, null, MAX_LISTED + 1).forEach((event) -> sources.add(event.source()));
		if (this.deliveries != null) {
			sources.addAll(this.deliveries.sources(id, MAX_LISTED + 1));
		}
		if (this.feed != null) {
			sources.addAll(this.feed.sources(id, MAX_LISTED + 1));
		}
		sources.removeIf(visible.negate());
		if (sources.size() > 1) {
			throw ambiguous(sources);
		}
		return sources.stream().findFirst().orElseThrow(EventTrail::unknown);
	}

	private Trail waiting(WaitingEvent event) {
		Instant due = event.due();
		boolean later = due != null && due.isAfter(this.clock.instant());
		return new Trail(event.id(), event.source(), event.type(), later ? "scheduled" : "stored", event.stored(),
				later ? due : null, null, List.of(), List.of(), List.of(), List.of(), false);
	}

	private Trail trail(String id, String source, List<InboxEntry> handled, List<Summary> dead,
			@Nullable Accepted accepted, List<DeliveryTrail.Entry> sent, FeedTrail.@Nullable Entry fed) {
		String type = Stream
			.of(handled.stream().map(InboxEntry::type), Stream.ofNullable(accepted).map(Accepted::type),
					sent.stream().map(DeliveryTrail.Entry::type), Stream.ofNullable(fed).map(FeedTrail.Entry::type))
			.flatMap((types) -> types)
			.findFirst()
			.orElseGet(() -> dead.isEmpty() ? null : dead.get(0).type());
		String state = handled.stream()
			.map(InboxEntry::state)
			.min(Comparator.comparing(WORST_FIRST::indexOf))
			.map((worst) -> worst.name().toLowerCase(Locale.ROOT))
			.orElse(dead.stream().allMatch(Summary::replayed) ? "stored" : "dead");
		Set<String> groups = handled.stream().map(InboxEntry::group).collect(Collectors.toSet());
		List<OutboxEntry> results = groups.isEmpty() ? List.of()
				: this.outbox.resultsOf(groups, source, id, MAX_LISTED + 1);
		boolean more = Stream.of(handled, dead, results, sent).anyMatch((list) -> list.size() > MAX_LISTED);
		String cause = Stream.of(handled.stream().map(InboxEntry::cause), sent.stream().map(DeliveryTrail.Entry::cause),
				Stream.ofNullable(accepted).map(Accepted::cause), Stream.ofNullable(fed).map(FeedTrail.Entry::cause))
			.flatMap((causes) -> causes)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		Instant stored = (accepted != null) ? accepted.stored() : (fed != null) ? fed.added() : null;
		return new Trail(id, source, type, state, stored, null, cause, listed(handled).map(Handling::of).toList(),
				results(groups, listed(results).toList()), listed(dead).map(Letter::of).toList(), listed(sent).toList(),
				more);
	}

	// A refused result is marked as published, or it would be published for ever.
	private List<Result> results(Set<String> groups, List<OutboxEntry> entries) {
		Map<List<String>, Letter> refused = new HashMap<>();
		this.deadLetters.refused(entries.stream().map((entry) -> entry.event().id()).toList(), 2 * MAX_LISTED)
			.stream()
			.filter((letter) -> groups.contains(letter.group()))
			.forEach((letter) -> refused.put(List.of(String.valueOf(letter.source()), letter.eventId()),
					Letter.of(letter)));
		return entries.stream()
			.map((entry) -> Result.of(entry, refused.get(List.of(entry.event().source(), entry.event().id()))))
			.toList();
	}

	private static <T> Stream<T> listed(List<T> all) {
		return all.stream().limit(MAX_LISTED);
	}

	static RuntimeException unknown() {
		return Problem.of(ProblemType.UNKNOWN_EVENT,
				"No event with this id and source was handled here, is in the feed, or was taken in by this instance lately. "
						+ "The broker may "
						+ "still hold one that another instance took in, or this one before its start: ask again later.")
			.asException();
	}

	private static RuntimeException ambiguous(Set<String> sources) {
		List<String> listed = sources.stream().limit(MAX_LISTED).toList();
		return Problem
			.of(ProblemType.AMBIGUOUS_EVENT,
					((sources.size() > MAX_LISTED) ? "More than " + MAX_LISTED : sources.size())
							+ " events have this id, each of another source. Choose one with ?source=.")
			.with("sources", listed)
			.asException();
	}

}
