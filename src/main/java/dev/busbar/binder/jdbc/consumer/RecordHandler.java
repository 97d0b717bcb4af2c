package dev.busbar.binder.jdbc.consumer;

import java.util.List;

import dev.busbar.binder.jdbc.log.LogRecord;

/**
 * Handles records of one partition, in order.
 */
public interface RecordHandler {

	/**
	 * Handles records and moves the position past them.
	 * @param lease the partition
	 * @param records at least one
	 */
	void handle(PartitionLease lease, List<LogRecord> records);

}
