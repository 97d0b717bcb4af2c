package dev.busbar.binder.jdbc.log;

/**
 * A record as it lies in a partition.
 *
 * @param offset its place in the partition, dense from 0
 * @param headers encoded headers
 * @param payload the payload
 */
@SuppressWarnings("ArrayRecordComponent")
public record LogRecord(long offset, byte[] headers, byte[] payload) {
}
