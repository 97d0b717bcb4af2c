package dev.busbar.binder.jdbc.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Who reads what. A lease is the owner in a group's position row; it lasts as long as the
 * heartbeat of the owner's instance, so that one update renews all leases of an instance.
 * All times are the database's, so clocks of instances may differ.
 */
public final class LogLeases {

	private static final String LIVE = "i.expires_at > " + LogDialect.NOW;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transactions;

	private final String instance;

	/**
	 * Creates the leases of an instance.
	 * @param jdbc the database
	 * @param transactions short transactions on it
	 * @param instance an id that no other instance has
	 */
	public LogLeases(JdbcTemplate jdbc, TransactionTemplate transactions, String instance) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.instance = instance;
	}

	/**
	 * Says that this instance lives.
	 * @param timeToLive how long the others believe it
	 */
	public void beat(Duration timeToLive) {
		String expiry = LogDialect.NOW + " + CAST(? AS BIGINT)";
		int updated = this.jdbc.update("UPDATE busbar_log_instance SET expires_at = " + expiry + " WHERE id = ?",
				timeToLive.toMillis(), this.instance);
		if (updated == 0) {
			this.jdbc.update("INSERT INTO busbar_log_instance (id, expires_at) VALUES (?, " + expiry + ")",
					this.instance, timeToLive.toMillis());
		}
	}

	/**
	 * Whether this instance is the one that does what one must do. Those that consume
	 * nothing have no heartbeat: where all are such, each of them does it.
	 * @return whether its id is the lowest of the living, or none lives
	 */
	public boolean isFirst() {
		String first = this.jdbc.queryForObject("SELECT MIN(i.id) FROM busbar_log_instance i WHERE " + LIVE,
				String.class);
		return first == null || first.equals(this.instance);
	}

	/**
	 * Adds a consumer of this instance to a group.
	 * @param groupId the group
	 * @param member an id that no other consumer has
	 */
	public void join(int groupId, String member) {
		this.jdbc.update("INSERT INTO busbar_log_member (id, group_id, instance_id) VALUES (?, ?, ?)", member, groupId,
				this.instance);
	}

	/**
	 * Frees all leases of a consumer, and removes it from its group.
	 * @param groupId the group
	 * @param member the consumer
	 */
	public void leave(int groupId, String member) {
		this.transactions.executeWithoutResult((status) -> {
			this.jdbc.update("UPDATE busbar_log_position SET owner = NULL WHERE group_id = ? AND owner = ?", groupId,
					member);
			this.jdbc.update("DELETE FROM busbar_log_member WHERE id = ?", member);
		});
	}

	/** Removes this instance and what is left of it. */
	public void quit() {
		this.jdbc.update("DELETE FROM busbar_log_member WHERE instance_id = ?", this.instance);
		this.jdbc.update("DELETE FROM busbar_log_instance WHERE id = ?", this.instance);
	}

	/**
	 * The living consumers of all groups in which this instance has one.
	 * @return ids of consumers by group
	 */
	public Map<Integer, List<String>> members() {
		record Member(int groupId, String id) {
		}
		return this.jdbc
			.query("SELECT m.group_id, m.id FROM busbar_log_member m JOIN busbar_log_instance i ON i.id = m.instance_id"
					+ " WHERE " + LIVE
					+ " AND m.group_id IN (SELECT group_id FROM busbar_log_member WHERE instance_id = ?)",
					(row, number) -> new Member(row.getInt(1), row.getString(2)), this.instance)
			.stream()
			.collect(Collectors.groupingBy(Member::groupId, Collectors.mapping(Member::id, Collectors.toList())));
	}

	/**
	 * The leases of all groups in which this instance has a consumer.
	 * @return who owns what, by group
	 */
	public Map<Integer, List<Holding>> holdings() {
		return this.jdbc
			.query("SELECT p.group_id, p.partition_id, p.epoch, p.owner FROM busbar_log_position p"
					+ " WHERE p.group_id IN (SELECT group_id FROM busbar_log_member WHERE instance_id = ?)"
					+ " ORDER BY p.group_id, p.partition_id",
					(row, number) -> new Holding(row.getInt(1), row.getInt(2), row.getLong(3), row.getString(4)),
					this.instance)
			.stream()
			.collect(Collectors.groupingBy(Holding::groupId));
	}

	/**
	 * Takes leases: those whose epoch has not changed since, and whose row nobody holds.
	 * Skipping rows in use means that a take-over never waits for a zombie's transaction.
	 * @param member the new owner
	 * @param holdings what was seen
	 * @return the leases that were taken
	 */
	public List<LogLease> take(String member, List<Holding> holdings) {
		List<LogLease> taken = new ArrayList<>();
		this.transactions.executeWithoutResult((status) -> {
			for (Holding seen : holdings) {
				List<Long> position = this.jdbc.queryForList(
						"SELECT position FROM busbar_log_position WHERE group_id = ? AND partition_id = ?"
								+ " AND epoch = ? FOR UPDATE SKIP LOCKED",
						Long.class, seen.groupId(), seen.partitionId(), seen.epoch());
				if (!position.isEmpty()) {
					this.jdbc.update(
							"UPDATE busbar_log_position SET owner = ?, epoch = ? WHERE group_id = ? AND partition_id = ?",
							member, seen.epoch() + 1, seen.groupId(), seen.partitionId());
					taken.add(new LogLease(seen.groupId(), seen.partitionId(), seen.epoch() + 1, position.get(0)));
				}
			}
		});
		return taken;
	}

	/**
	 * Frees a lease.
	 * @param lease the lease; nothing happens if it was lost
	 */
	public void release(LogLease lease) {
		this.jdbc.update(
				"UPDATE busbar_log_position SET owner = NULL WHERE group_id = ? AND partition_id = ? AND epoch = ?",
				lease.groupId(), lease.partitionId(), lease.epoch());
	}

	/**
	 * The stored position of a group.
	 * @param lease the lease that reads it
	 * @return the position; empty if the lease was lost
	 */
	public OptionalLong position(LogLease lease) {
		return this.jdbc
			.queryForList(
					"SELECT position FROM busbar_log_position WHERE group_id = ? AND partition_id = ? AND epoch = ?",
					Long.class, lease.groupId(), lease.partitionId(), lease.epoch())
			.stream()
			.mapToLong(Long::longValue)
			.findFirst();
	}

	/**
	 * Moves a group's position, in the transaction in progress.
	 * @param lease the lease under which it moves
	 * @param position the offset that is read next
	 * @return false if the lease was lost; nothing has moved then
	 */
	public boolean move(LogLease lease, long position) {
		return this.jdbc.update(
				"UPDATE busbar_log_position SET position = ? WHERE group_id = ? AND partition_id = ? AND epoch = ?",
				position, lease.groupId(), lease.partitionId(), lease.epoch()) == 1;
	}

	/**
	 * Who owns a partition of a group.
	 *
	 * @param groupId the group
	 * @param partitionId the partition
	 * @param epoch the number of the lease
	 * @param owner the consumer that has it, living or not; null if free
	 */
	public record Holding(int groupId, int partitionId, long epoch, @Nullable String owner) {
	}

}
