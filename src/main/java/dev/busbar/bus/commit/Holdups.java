package dev.busbar.bus.commit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events that may not be sent now, because one of their key waits to be
 * published. One query for all that are sent together; none for events without a key.
 */
final class Holdups {

	private final @Nullable Backlog backlog;

	Holdups(@Nullable Backlog backlog) {
		this.backlog = backlog;
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
		List<OutgoingEvent> keyed = new ArrayList<>();
		for (Request request : requests) {
			if (!request.waited) {
				request.events.stream().filter((event) -> event.event().key() != null).forEach(keyed::add);
			}
		}
		Set<Integer> waiting = waiting(asked, keyed.stream().map(OutgoingEvent::event).toList());
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
		Set<Integer> waiting = waiting(asked, keyed);
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

	private static Set<Integer> waiting(Backlog backlog, List<? extends Event<?>> keyed) {
		Set<Integer> slots = new HashSet<>();
		keyed.forEach((event) -> slots.add(Backlog.slot(event)));
		return slots.isEmpty() ? Set.of() : backlog.waiting(slots);
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
