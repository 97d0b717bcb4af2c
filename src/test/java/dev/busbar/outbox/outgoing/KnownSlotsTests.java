package dev.busbar.outbox.outgoing;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.Backlog;
import dev.busbar.event.Event;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is known of the slots while the database is asked and written to at once.
 */
class KnownSlotsTests {

	private static final Set<Integer> ALL = OutgoingSlots.all();

	private final KnownSlots known = new KnownSlots();

	@Test
	void anAnswerIsKnownUntilTheNextOne() {
		this.known.answer(this.known.question(), ALL, Set.of(1, 2));
		assertThat(this.known.among(Set.of(2, 3))).containsExactly(2);
		this.known.answer(this.known.question(), Set.of(1), Set.of());
		assertThat(this.known.among(ALL)).containsExactly(2);
	}

	@Test
	void anAnswerDoesNotForgetWhatWasStoredAfterItsQuestion() {
		Event<String> event = new Event<>("e", "/test", "order.placed", null, null, "k", null, null, null, null,
				Map.of(), "");
		long question = this.known.question();
		this.known.stored(List.of(event));
		this.known.answer(question, ALL, Set.of());
		assertThat(this.known.among(ALL)).containsExactly(Backlog.slot(event));
		this.known.answer(this.known.question(), ALL, Set.of());
		assertThat(this.known.among(ALL)).isEmpty();
	}

}
