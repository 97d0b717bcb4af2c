package dev.busbar.binder.jdbc;

import dev.busbar.binder.jdbc.consumer.PartitionLease;
import dev.busbar.binder.jdbc.consumer.StaleLeaseException;
import dev.busbar.binder.jdbc.log.LogLeases;
import dev.busbar.binder.jdbc.log.LogTransactions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Moves a group's position past a record, and so past all before it, in the transaction
 * in progress on the binder's database; without one, at once.
 */
final class PositionAcknowledgment implements AcknowledgmentCallback {

	private static final Log logger = LogFactory.getLog(PositionAcknowledgment.class);

	private final LogLeases leases;

	private final LogTransactions transactions;

	private final PartitionLease lease;

	private final long offset;

	private boolean acknowledged;

	PositionAcknowledgment(LogLeases leases, LogTransactions transactions, PartitionLease lease, long offset) {
		this.leases = leases;
		this.transactions = transactions;
		this.lease = lease;
		this.offset = offset;
	}

	/**
	 * Acknowledges the record.
	 * @param status ACCEPT moves the position; REJECT does too, and logs the record that
	 * its consumer does not want; REQUEUE leaves it, so that the record comes again
	 * @throws StaleLeaseException if another consumer has taken over the partition
	 */
	@Override
	public void acknowledge(Status status) {
		this.acknowledged = true;
		if (status == Status.REQUEUE) {
			return;
		}
		if (status == Status.REJECT) {
			logger.warn("Offset " + this.offset + " of " + this.lease + " was rejected by its consumer");
		}
		long next = this.offset + 1;
		if (!this.leases.move(this.lease.lease(), next)) {
			throw new StaleLeaseException("Offset " + this.offset + " of " + this.lease
					+ " cannot be acknowledged: another consumer of the group has taken over the partition, and "
					+ "handles the record. The transaction must roll back.");
		}
		if (this.transactions.inProgress()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					PositionAcknowledgment.this.lease.moveTo(next);
				}

			});
		}
		else {
			this.lease.moveTo(next);
		}
	}

	@Override
	public boolean isAcknowledged() {
		return this.acknowledged;
	}

}
