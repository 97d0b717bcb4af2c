package dev.busbar.binder.jdbc.log;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A record that is to be appended.
 *
 * @param partitionId its partition
 * @param headers encoded headers
 * @param payload the payload
 */
@SuppressWarnings("ArrayRecordComponent")
record Append(int partitionId, byte[] headers, byte[] payload) {

	/**
	 * How many go into each partition, by its id: in this order their counters are
	 * locked.
	 */
	static SortedMap<Integer, Integer> counts(Collection<Append> appends) {
		SortedMap<Integer, Integer> counts = new TreeMap<>();
		appends.forEach((append) -> counts.merge(append.partitionId(), 1, Integer::sum));
		return counts;
	}

	/** The failure if its partition is not there. */
	IllegalStateException homeless() {
		return new IllegalStateException("There is no partition with id " + this.partitionId
				+ " in busbar_log_partition; start the application again, which creates what is missing");
	}

}
