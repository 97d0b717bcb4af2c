package dev.busbar.binder.jdbc.consumer;

/**
 * What a consumer consumes.
 *
 * @param destination the destination
 * @param group the group
 * @param durable whether the group outlives its consumers
 * @param latest whether a new group starts at the end
 * @param concurrency how many partitions are handled at once
 * @param batchSize how many records are read at once
 * @param batchBytes how many bytes are read at once, if they are not a single record
 */
public record ConsumerSettings(String destination, String group, boolean durable, boolean latest, int concurrency,
		int batchSize, long batchBytes) {

	@Override
	public String toString() {
		return "group " + this.group + " of " + this.destination;
	}

}
