package dev.busbar.bus.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events that may not be sent now, because one of their key waits to be
 * published. Nobody asks for events without a key. Where the backlog is asked on another
 * thread, each request asks when it comes, so that the sender seldom waits for the
 * answer; elsewhere, and for those that got none, one query is for all that are sent
 * together.
 */
final class Holdups {

	private final @Nullable Backlog backlog;

	Holdups(@Nullable Backlog backlog) {
		this.backlog = backlog;
	}

	/** Asks for a request that has just come, unless it is asked for when it is sent. */
	void ask(Request request) {
		if (this.backlog != null) {
			Set<Integer> slots = slots(keyed(request).map(OutgoingEvent::event));
			if (!slots.isEmpty()) {
				request.answer = this.backlog.ask(slots);
			}
		}
	}

	/**
	 * Marks the events of these requests that may not be sent. Never fails: if what waits
	 * cannot be found out, nothing is sent that could overtake.
	 */
	void hold(List<Request> requests) {
		Backlog asked = this.backlog;
		if (asked == null) {
			return;
		}
		List<OutgoingEvent> unasked = new ArrayList<>();
		for (Request request : requests) {
			Set<Integer> waiting = request.waiting();
			if (waiting == null) {
				keyed(request).forEach(unasked::add);
			}
			else {
				hold(keyed(request).toList(), waiting);
			}
		}
		Set<Integer> slots = slots(unasked.stream().map(OutgoingEvent::event));
		if (!slots.isEmpty()) {
			hold(unasked, asked.waiting(slots));
		}
	}

	private static Stream<OutgoingEvent> keyed(Request request) {
		return request.waited ? Stream.empty() : request.events.stream().filter((event) -> event.event().key() != null);
	}

	private static void hold(List<OutgoingEvent> keyed, Set<Integer> waiting) {
		if (!waiting.isEmpty()) {
			keyed.stream()
				.filter((event) -> waiting.contains(Backlog.slot(event.event())))
				.forEach((event) -> event.stored().completeExceptionally(Held.HELD));
		}
	}

	/** The events that may not be published with the running transaction. */
	List<Event<byte @Nullable []>> held(List<Event<byte @Nullable []>> events) {
		Backlog asked = this.backlog;
		if (asked == null) {
			return List.of();
		}
		List<Event<byte @Nullable []>> keyed = events.stream().filter((event) -> event.key() != null).toList();
		Set<Integer> slots = slots(keyed.stream());
		Set<Integer> waiting = slots.isEmpty() ? Set.of() : asked.waiting(slots);
		return waiting.isEmpty() ? List.of()
				: keyed.stream().filter((event) -> waiting.contains(Backlog.slot(event))).toList();
	}

	/** Has events wait behind the others. */
	void append(List<Event<byte @Nullable []>> held) {
		if (this.backlog != null && !held.isEmpty()) {
			this.backlog.append(held);
		}
	}

	static boolean isHeld(@Nullable Throwable failure) {
		return failure instanceof Held
				|| (failure instanceof CompletionException && failure.getCause() instanceof Held);
	}

	private static Set<Integer> slots(Stream<? extends Event<?>> keyed) {
		return keyed.map(Backlog::slot).collect(Collectors.toSet());
	}

	/**
	 * Marks an event that was not sent. Shared, so without a stack.
	 */
	@SuppressWarnings("StaticAssignmentOfThrowable") // It has no stack that could
														// mislead.
	private static final class Held extends RuntimeException {

		static final Held HELD = new Held();

		private static final long serialVersionUID = 1L;

		private Held() {
			super("Events of the same key wait to be published before it", null, false, false);
		}

	}

}
