package dev.busbar.binder.jdbc.log;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Deletes records that are old and that every durable group has passed, in small chunks;
 * removes what dead instances left; says once which group keeps records that are old.
 */
public final class LogRetention {

	private static final Log logger = LogFactory.getLog(LogRetention.class);

	private static final int CHUNK = 1000;

	private final JdbcTemplate jdbc;

	private final Set<Integer> alarmed = new HashSet<>();

	/**
	 * Creates the retention.
	 * @param jdbc the database
	 */
	public LogRetention(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Deletes what no group needs any more.
	 * @param retention how long records are kept at least, counted from their publishing
	 * @return how many records were deleted
	 */
	public long purge(Duration retention) {
		record Passed(int partitionId, long floor) {
		}
		List<Passed> partitions = this.jdbc
			.query("SELECT p.id, COALESCE(MIN(x.position), p.next_offset) FROM busbar_log_partition p"
					+ " LEFT JOIN (SELECT o.partition_id, o.position FROM busbar_log_position o"
					+ " JOIN busbar_log_group g ON g.id = o.group_id AND g.durable) x ON x.partition_id = p.id"
					+ " GROUP BY p.id, p.next_offset", (row, number) -> new Passed(row.getInt(1), row.getLong(2)));
		long deleted = 0;
		for (Passed passed : partitions) {
			int chunk;
			do {
				chunk = this.jdbc.update(
						"DELETE FROM busbar_log_record WHERE id IN (SELECT t.id FROM (SELECT id, stored_at"
								+ " FROM busbar_log_record WHERE id >= ? AND id < ? ORDER BY id LIMIT " + CHUNK
								+ ") t WHERE t.stored_at <= " + LogDialect.NOW + " - CAST(? AS BIGINT))",
						LogKeys.key(passed.partitionId(), 0), LogKeys.key(passed.partitionId(), passed.floor()),
						retention.toMillis());
				deleted += chunk;
			}
			while (chunk == CHUNK);
		}
		return deleted;
	}

	/**
	 * Removes instances that are dead for long, and anonymous groups without a consumer.
	 * @param grace how long after its last breath an instance may come back
	 */
	public void bury(Duration grace) {
		this.jdbc.update(
				"DELETE FROM busbar_log_instance WHERE expires_at < " + LogDialect.NOW + " - CAST(? AS BIGINT)",
				grace.toMillis());
		this.jdbc.update("DELETE FROM busbar_log_member WHERE instance_id NOT IN (SELECT id FROM busbar_log_instance)");
		this.jdbc.update("DELETE FROM busbar_log_group WHERE NOT durable"
				+ " AND id NOT IN (SELECT group_id FROM busbar_log_member)");
	}

	/**
	 * Warns of each durable group whose next record is older than allowed: once, until
	 * the group has caught up.
	 * @param lag the age that is allowed
	 */
	public void alarm(Duration lag) {
		record Lagging(int groupId, String group, String destination, long behind) {
		}
		List<Lagging> lagging = this.jdbc.query(
				"SELECT g.id, g.name, g.destination, SUM(p.next_offset - x.position) FROM busbar_log_group g"
						+ " JOIN busbar_log_position x ON x.group_id = g.id"
						+ " JOIN busbar_log_partition p ON p.id = x.partition_id"
						+ " JOIN busbar_log_record r ON r.id = p.id * " + LogKeys.PARTITION_SIZE + " + x.position"
						+ " WHERE g.durable AND x.position < p.next_offset AND r.stored_at <= " + LogDialect.NOW
						+ " - CAST(? AS BIGINT) GROUP BY g.id, g.name, g.destination",
				(row, number) -> new Lagging(row.getInt(1), row.getString(2), row.getString(3), row.getLong(4)),
				lag.toMillis());
		for (Lagging group : lagging) {
			if (this.alarmed.add(group.groupId())) {
				logger.warn("Group '" + group.group() + "' of destination '" + group.destination() + "' is "
						+ group.behind() + " records behind, and its next record is older than " + lag
						+ ". Its records are kept until it reads them; if it is no longer needed, forget it in this "
						+ "database: delete from busbar_log_group where destination = " + literal(group.destination())
						+ " and name = " + literal(group.group()));
			}
		}
		this.alarmed.retainAll(lagging.stream().map(Lagging::groupId).toList());
	}

	private static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

}
