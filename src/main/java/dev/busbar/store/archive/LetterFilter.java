package dev.busbar.store.archive;

import java.time.Instant;
import java.util.Set;

import dev.busbar.store.archive.ArchivedLetter.State;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant: those that fulfil all conditions that are given.
 *
 * @param states in one of these states; empty for any
 * @param group of this consumer group
 * @param type of this event type
 * @param handler of the handler with this bean name
 * @param exception with this class as the exception, by its full or its simple name
 * @param text with this text in the cause, the event's id or its key, in upper or lower
 * case
 * @param from first failed at this time or later
 * @param to first failed before this time
 */
public record LetterFilter(Set<State> states, @Nullable String group, @Nullable String type, @Nullable String handler,
		@Nullable String exception, @Nullable String text, @Nullable Instant from, @Nullable Instant to) {

	public LetterFilter {
		states = Set.copyOf(states);
	}

	/** The same conditions for open letters of one group. */
	public LetterFilter openOf(String consumerGroup) {
		return new LetterFilter(Set.of(State.OPEN), consumerGroup, this.type, this.handler, this.exception, this.text,
				this.from, this.to);
	}

}
