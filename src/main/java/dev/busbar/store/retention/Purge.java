package dev.busbar.store.retention;

import java.time.Duration;
import java.time.OffsetDateTime;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * What is to be removed; each bean of this type is done by {@link Retention}.
 *
 * @param name the name for the log and the lease
 * @param retention how long rows are kept
 * @param chunk removes a part of them
 */
public record Purge(String name, Duration retention, Chunk chunk) {

	/**
	 * Removes rows of one table.
	 * @param name the name for the log and the lease
	 * @param retention how long rows are kept
	 * @param statement deletes a chunk; its parameters are the time before which rows
	 * have ended their retention, and the number of rows at most
	 */
	public Purge(String name, Duration retention, String statement) {
		this(name, retention, (jdbc, before, limit) -> jdbc.update(statement, before, limit));
	}

	/**
	 * Removes a part of what has ended its retention.
	 */
	public interface Chunk {

		/**
		 * Removes rows, in the running transaction.
		 * @param jdbc the database
		 * @param before the time before which rows have ended their retention
		 * @param limit how many rows at most
		 * @return how many rows; fewer than the limit if none is left
		 */
		int remove(JdbcOperations jdbc, OffsetDateTime before, int limit);

	}

}
