package dev.busbar.store.archive;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.busbar.store.archive.ArchivedLetter.State;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters for those who operate the application. Methods that write join the
 * running transaction.
 */
public interface Archive {

	/**
	 * Lists letters, those whose first failure is the newest first.
	 * @param filter which ones
	 * @param after the last one that is known already, null for the first page
	 * @param limit how many at most
	 * @return what is told of each in a list
	 */
	List<Entry> list(LetterFilter filter, @Nullable Place after, int limit);

	/**
	 * Where letters stand, those whose first failure is the oldest first.
	 * @param filter which ones
	 * @param after the last one that was taken, null for the first page
	 * @param limit how many at most
	 * @return places, with the size of what is to be read there
	 */
	List<Place> places(LetterFilter filter, @Nullable Place after, int limit);

	/** How many letters fulfil the conditions. */
	long count(LetterFilter filter);

	/**
	 * How many letters there are of each state, type, handler and exception.
	 * @param filter which ones
	 * @param limit how many groups of letters at most
	 * @return the largest groups first
	 */
	List<Count> summary(LetterFilter filter, int limit);

	/** One letter. */
	Optional<ArchivedLetter> find(UUID id);

	/**
	 * Reads letters and locks them until the running transaction ends.
	 * @param ids the letters
	 * @return those that are there, the oldest first failure first
	 */
	List<ArchivedLetter> lock(Collection<UUID> ids);

	/**
	 * The attributes of a letter's event that are kept for its replay alone, since their
	 * values look like secrets: never to be shown.
	 * @param letter the letter
	 * @return headers as they came, empty if none was hidden or kept
	 */
	Map<String, String> withheld(UUID letter);

	/**
	 * What people did with a letter.
	 * @param letter the letter
	 * @param limit how many at most
	 * @return the newest first
	 */
	List<Action> actions(UUID letter, int limit);

	/**
	 * Moves letters into another state.
	 * @param ids the letters
	 * @param state the state
	 */
	void move(Collection<UUID> ids, State state);

	/**
	 * Gives an identity to the event of a letter that did not decode, as far as it has
	 * none.
	 * @param id the letter
	 * @param source the event's source
	 * @param eventId the event's id
	 * @param type the event's type
	 */
	void identify(UUID id, @Nullable String source, @Nullable String eventId, @Nullable String type);

	/**
	 * Keeps other data for the event of a letter, beside what came.
	 * @param id the letter
	 * @param data the data
	 * @param person who has changed it
	 */
	void edit(UUID id, byte[] data, String person);

	/** Keeps what people did. */
	void record(List<Action> actions);

	/**
	 * How many letters of a group are on their way back.
	 * @param group the consumer group
	 * @param limit where counting ends
	 */
	int replaying(String group, int limit);

	/** How many letters of a replay are in which state now. */
	Map<State, Long> statesOf(UUID replay);

	/**
	 * What a list tells of a letter.
	 *
	 * @param id the letter's own id
	 * @param state what became of it
	 * @param group the consumer group
	 * @param handler the bean that failed
	 * @param source the event's source
	 * @param eventId the event's id
	 * @param type the event's type
	 * @param key the event's key
	 * @param exception the class of the exception
	 * @param cause the beginning of the chain of causes
	 * @param attempts how many attempts were made
	 * @param firstFailure when the first attempt failed
	 * @param lastFailure when the last attempt failed
	 */
	record Entry(UUID id, State state, String group, @Nullable String handler, @Nullable String source,
			@Nullable String eventId, @Nullable String type, @Nullable String key, String exception, String cause,
			int attempts, Instant firstFailure, Instant lastFailure) {

		/** Where it stands. */
		public Place place() {
			return new Place(this.firstFailure, this.id, 0);
		}

	}

	/**
	 * Where a letter stands among the others.
	 *
	 * @param firstFailure when its first attempt failed
	 * @param id the letter's own id
	 * @param size how many bytes its payload and its changed data have, 0 if not asked
	 */
	record Place(Instant firstFailure, UUID id, long size) {

	}

	/**
	 * How many letters are alike.
	 *
	 * @param state what became of them
	 * @param type the event's type
	 * @param handler the bean that failed
	 * @param exception the class of the exception
	 * @param count how many there are
	 */
	record Count(State state, @Nullable String type, @Nullable String handler, String exception, long count) {

	}

	/**
	 * What a person did with a letter.
	 *
	 * @param letter the letter
	 * @param kind what was done
	 * @param person the name of the API key, or {@code anonymous}
	 * @param time when
	 * @param reason why, if it was told
	 * @param replay the replay of many of which it was a part
	 */
	record Action(UUID letter, Kind kind, String person, Instant time, @Nullable String reason, @Nullable UUID replay) {

		/** What a person can do. */
		public enum Kind {

			/** Sent it back to its handler. */
			REPLAY,

			/** Changed the data of its event. */
			EDIT,

			/** Decided that it needs no handling. */
			DISCARD

		}

	}

}
