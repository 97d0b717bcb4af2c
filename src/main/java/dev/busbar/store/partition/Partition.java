package dev.busbar.store.partition;

/**
 * A partition of a stream.
 *
 * @param stream the name under which the instances share the stream
 * @param number the number of the partition, from 0
 */
public record Partition(String stream, int number) {
}
