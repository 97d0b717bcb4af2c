package dev.busbar.store.retention;

import java.time.Duration;

/**
 * What is to be removed from one table; each bean of this type is done by
 * {@link Retention}.
 *
 * @param name the name for the log and the lease
 * @param retention how long rows are kept
 * @param statement deletes a chunk; its parameters are the time before which rows have
 * ended their retention, and the number of rows at most
 */
public record Purge(String name, Duration retention, String statement) {

}
