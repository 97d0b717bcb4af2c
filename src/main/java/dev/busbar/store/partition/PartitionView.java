package dev.busbar.store.partition;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Who consumes what, as one instance sees it at one moment.
 *
 * @param members the living instances that consume a stream, by stream, in an order that
 * is the same for each of them
 * @param holdings who holds or held the partitions that were ever taken
 */
public record PartitionView(Map<String, List<UUID>> members, Map<Partition, Holding> holdings) {

	/**
	 * How many partitions of a stream an instance should hold. What all of them should
	 * hold makes up the whole, and two of them differ by one at most. Who gets one more
	 * differs from stream to stream.
	 * @param stream the stream
	 * @param partitions how many partitions it has
	 * @param instance the instance
	 * @return a number from 0 to that of the partitions
	 */
	public int share(String stream, int partitions, UUID instance) {
		List<UUID> all = this.members.getOrDefault(stream, List.of());
		int place = all.indexOf(instance);
		if (place < 0) {
			return 0;
		}
		int turn = Math.floorMod(place + stream.hashCode(), all.size());
		return partitions / all.size() + ((turn < partitions % all.size()) ? 1 : 0);
	}

	/**
	 * Who holds a partition.
	 *
	 * @param owner the instance
	 * @param epoch how often the lease has changed hands
	 * @param live whether that instance lives
	 */
	public record Holding(UUID owner, long epoch, boolean live) {
	}

}
