package dev.busbar.binder.jdbc.log;

import java.util.List;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Destinations, their partitions and their groups. Partitions are added, never removed.
 */
public final class LogTopology {

	private static final String ADD_POSITIONS = "INSERT INTO busbar_log_position (group_id, partition_id, position, epoch)";

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transactions;

	/**
	 * Creates the topology.
	 * @param jdbc the database
	 * @param transactions short transactions on it
	 */
	public LogTopology(JdbcTemplate jdbc, TransactionTemplate transactions) {
		this.jdbc = jdbc;
		this.transactions = transactions;
	}

	/**
	 * The partitions of a destination.
	 * @param destination its name
	 * @return their ids, by number; empty if there is no such destination
	 */
	public List<Integer> partitions(String destination) {
		return this.jdbc.queryForList("SELECT id FROM busbar_log_partition WHERE destination = ? ORDER BY number",
				Integer.class, destination);
	}

	/**
	 * Creates a destination, or adds the partitions that it lacks.
	 * @param destination its name
	 * @param count how many partitions it has at least
	 * @return the ids of its partitions, by number
	 */
	public List<Integer> ensurePartitions(String destination, int count) {
		List<Integer> existing = partitions(destination);
		if (existing.size() >= count) {
			return existing;
		}
		ensureDestination(destination);
		this.transactions.executeWithoutResult((status) -> {
			lock(destination);
			for (int number = partitions(destination).size(); number < count; number++) {
				this.jdbc.update("INSERT INTO busbar_log_partition (destination, number, next_offset) VALUES (?, ?, 0)",
						destination, number);
			}
			this.jdbc.update(
					ADD_POSITIONS + " SELECT g.id, p.id, 0, 0 FROM busbar_log_group g JOIN busbar_log_partition p"
							+ " ON p.destination = g.destination WHERE g.destination = ? AND NOT EXISTS (SELECT 1"
							+ " FROM busbar_log_position x WHERE x.group_id = g.id AND x.partition_id = p.id)",
					destination);
		});
		return partitions(destination);
	}

	/**
	 * Creates a group of a destination, unless it exists.
	 * @param destination the destination; created with one partition if absent
	 * @param name the group's name
	 * @param durable whether retention waits for it, and it outlives its consumers
	 * @param latest whether it starts at the end and not at the earliest record
	 * @return the group's id
	 */
	public int ensureGroup(String destination, String name, boolean durable, boolean latest) {
		ensurePartitions(destination, 1);
		ensureDestination(destination);
		Integer id = this.transactions.execute((status) -> {
			lock(destination);
			List<Integer> existing = groups(destination, name);
			if (!existing.isEmpty()) {
				return existing.get(0);
			}
			this.jdbc.update("INSERT INTO busbar_log_group (destination, name, durable) VALUES (?, ?, ?)", destination,
					name, durable);
			int created = groups(destination, name).get(0);
			String earliest = "COALESCE((SELECT MIN(r.id) FROM busbar_log_record r WHERE r.id >= p.id * %1$d"
					+ " AND r.id < (p.id + 1) * %1$d) - p.id * %1$d, p.next_offset)";
			String start = latest ? "p.next_offset" : earliest.formatted(LogKeys.PARTITION_SIZE);
			this.jdbc.update(ADD_POSITIONS + " SELECT CAST(? AS INTEGER), p.id, " + start
					+ ", 0 FROM busbar_log_partition p WHERE p.destination = ?", created, destination);
			return created;
		});
		if (id == null) {
			throw new IllegalStateException("No group " + name);
		}
		return id;
	}

	/**
	 * Forgets a group and its positions; retention no longer waits for it.
	 * @param destination the destination
	 * @param name the group's name
	 * @return whether there was such a group
	 */
	public boolean forgetGroup(String destination, String name) {
		return this.jdbc.update("DELETE FROM busbar_log_group WHERE destination = ? AND name = ?", destination,
				name) > 0;
	}

	private List<Integer> groups(String destination, String name) {
		return this.jdbc.queryForList("SELECT id FROM busbar_log_group WHERE destination = ? AND name = ?",
				Integer.class, destination, name);
	}

	private void ensureDestination(String destination) {
		String sql = "SELECT name FROM busbar_log_destination WHERE name = ?";
		if (this.jdbc.queryForList(sql, String.class, destination).isEmpty()) {
			try {
				this.jdbc.update("INSERT INTO busbar_log_destination (name) VALUES (?)", destination);
			}
			catch (DuplicateKeyException ex) {
				// Another instance created it at the same time.
			}
		}
	}

	private void lock(String destination) {
		this.jdbc.queryForObject("SELECT name FROM busbar_log_destination WHERE name = ? FOR UPDATE", String.class,
				destination);
	}

}
