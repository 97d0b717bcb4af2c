package dev.busbar.store.archive;

import dev.busbar.store.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter with what became of it.
 *
 * @param letter the dead letter as it was kept
 * @param state what became of it
 * @param edited the event's data as a person has changed it, null if nobody has
 * @param editedBy who has changed it, null if nobody has
 */
@SuppressWarnings("ArrayRecordComponent")
public record ArchivedLetter(DeadLetter letter, State state, byte @Nullable [] edited, @Nullable String editedBy) {

	/**
	 * The states of a dead letter.
	 */
	public enum State {

		/** It waits for a person. */
		OPEN,

		/** It is on its way back to its handler. */
		REPLAYING,

		/** Its event was handled after a replay, or published again. */
		REPLAYED,

		/** A person has decided that it needs no handling. */
		DISCARDED

	}

}
