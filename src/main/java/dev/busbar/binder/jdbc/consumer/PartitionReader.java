package dev.busbar.binder.jdbc.consumer;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

import dev.busbar.binder.jdbc.log.LogRecord;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Hands a partition's next records to a handler, from where its group stands.
 */
final class PartitionReader {

	private static final Log logger = LogFactory.getLog(PartitionReader.class);

	private final LogConsumers consumers;

	private final ConsumerSettings settings;

	private final RecordHandler handler;

	PartitionReader(LogConsumers consumers, ConsumerSettings settings, RecordHandler handler) {
		this.consumers = consumers;
		this.settings = settings;
		this.handler = handler;
	}

	/**
	 * Reads a batch and has it handled.
	 * @param lease the partition, which nobody else reads meanwhile
	 * @param mayContinue whether its consumer still wants the rest of a batch
	 * @throws StaleLeaseException if another consumer has taken over the partition
	 */
	void read(PartitionLease lease, Predicate<PartitionLease> mayContinue) {
		if (lease.failures() > 0) {
			// The outcome of a failed commit may be unknown: what counts is what is
			// stored.
			OptionalLong stored = this.consumers.leases().position(lease.lease());
			if (stored.isEmpty()) {
				throw new StaleLeaseException("The lease of " + lease + " was lost");
			}
			lease.resetTo(stored.getAsLong());
		}
		long head = lease.head();
		List<LogRecord> records = this.consumers.reader()
			.read(lease.lease().partitionId(), lease.position(), lease.limit().next(this.settings.batchSize()),
					this.settings.batchBytes());
		if (records.isEmpty()) {
			if (lease.position() < head) {
				logger.warn(this.settings + " was so slow that " + (head - lease.position()) + " records of " + lease
						+ " were deleted before it read them");
				lease.moveTo(head);
			}
			return;
		}
		// Below the head all can be read: if fewer came, no more fitted.
		lease.limit().learn(records.size(), records.get(records.size() - 1).offset() + 1 < head);
		long before = lease.position();
		this.handler.handle(lease, records);
		if (lease.position() == before && mayContinue.test(lease)) {
			throw new IllegalStateException("The consumer returned normally, but its acknowledgment was rolled back");
		}
		lease.succeeded();
	}

}
