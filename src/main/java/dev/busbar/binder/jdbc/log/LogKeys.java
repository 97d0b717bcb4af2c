package dev.busbar.binder.jdbc.log;

/**
 * The key of a record: its partition in the upper bits, its offset in the lower 40.
 */
final class LogKeys {

	/** How many offsets a partition has: 35,000 a second for a year. */
	static final long PARTITION_SIZE = 1L << 40;

	private LogKeys() {
	}

	static long key(int partitionId, long offset) {
		return partitionId * PARTITION_SIZE + offset;
	}

	static long offset(long key) {
		return key & (PARTITION_SIZE - 1);
	}

}
