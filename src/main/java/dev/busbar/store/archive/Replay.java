package dev.busbar.store.archive;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The replay of all dead letters that fulfil some conditions, the oldest first failure
 * first.
 *
 * @param id the replay's own id
 * @param application the application that replays: the consumer group
 * @param filter which letters
 * @param rate how many letters per second at most, null for as many as are handled
 * @param person who asked for it
 * @param state what became of it
 * @param total how many letters there were at its start
 * @param done how many were sent back to their handlers
 * @param skipped how many could not be
 * @param reached the last letter that was looked at, null before the first one
 * @param problem why the last of the skipped ones could not be replayed
 * @param started when it was asked for
 * @param finished when it ended, null while it runs
 * @param cancelledBy who has ended it, null unless it is cancelled
 */
public record Replay(UUID id, String application, LetterFilter filter, @Nullable Integer rate, String person,
		State state, long total, long done, long skipped, Archive.@Nullable Place reached, @Nullable String problem,
		Instant started, @Nullable Instant finished, @Nullable String cancelledBy) {

	/**
	 * The states of a replay.
	 */
	public enum State {

		/** It runs. */
		RUNNING,

		/** It has looked at every letter. */
		DONE,

		/** A person has ended it. */
		CANCELLED

	}

}
