package dev.busbar.binder.jdbc.log;

/**
 * A member's right to read a partition for its group, until another takes a higher epoch.
 *
 * @param groupId the group
 * @param partitionId the partition
 * @param epoch the number of the lease
 * @param position the offset that is read next
 */
public record LogLease(int groupId, int partitionId, long epoch, long position) {
}
