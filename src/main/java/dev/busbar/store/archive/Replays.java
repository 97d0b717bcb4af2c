package dev.busbar.store.archive;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The replays of many dead letters. Methods that write join the running transaction.
 */
public interface Replays {

	/** Keeps a new replay. */
	void add(Replay replay);

	/**
	 * The replays of an application.
	 * @param application the application
	 * @param limit how many at most
	 * @return the newest first
	 */
	List<Replay> list(String application, int limit);

	/**
	 * The replays of an application that still run.
	 * @param application the application
	 * @return the oldest first
	 */
	List<Replay> running(String application);

	/** A replay of an application. */
	Optional<Replay> find(String application, UUID id);

	/**
	 * Keeps how far a replay has come.
	 * @param before the replay as it was
	 * @param done how many letters more were sent back
	 * @param skipped how many more could not be
	 * @param reached the last letter that was looked at
	 * @param problem why the last one could not be, null to keep what was told before
	 * @return whether it runs and was where it was thought to be; if not, the transaction
	 * is to be rolled back
	 */
	boolean advance(Replay before, int done, int skipped, Archive.Place reached, @Nullable String problem);

	/**
	 * Ends a replay that runs, since all letters were looked at; does nothing to one that
	 * does not run.
	 * @param id the replay
	 */
	void done(UUID id);

	/**
	 * Cancels a replay that runs; does nothing to one that does not.
	 * @param id the replay
	 * @param person who cancels it
	 * @return whether it ran
	 */
	boolean cancel(UUID id, String person);

}
