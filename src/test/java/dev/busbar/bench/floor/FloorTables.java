package dev.busbar.bench.floor;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Inbox and state on one connection, for one thread. On PostgreSQL each is one statement
 * with arrays, on H2 one batch: the quickest ways that JDBC has there.
 */
final class FloorTables {

	private static final String STATE = "INSERT INTO bench_order (order_id, customer, number, amount) ";

	private static final String INBOX = "INSERT INTO floor_inbox (event_id, source, digest, handled) ";

	// H2 is slow with long keys in no order, and much slower with two of them.
	private static final String INBOX_ON_H2 = "INSERT INTO floor_inbox (event_key, event_id, source, digest, handled)"
			+ " VALUES (?, ?, '/bench', ?, ?)";

	private final Connection connection;

	private final boolean h2;

	private final boolean rows;

	/**
	 * Creates the tables' floor.
	 * @param connection its connection
	 * @param settings with {@code state=rows} each state row is a statement of its own,
	 * as a handler of single orders writes it
	 */
	FloorTables(Connection connection, Map<String, String> settings) throws SQLException {
		this.connection = connection;
		this.rows = "rows".equals(settings.get("state"));
		this.h2 = connection.getMetaData().getDatabaseProductName().equals("H2");
	}

	static void create(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			boolean h2 = connection.getMetaData().getDatabaseProductName().equals("H2");
			statement.execute("CREATE TABLE IF NOT EXISTS floor_inbox ("
					+ (h2 ? "event_key VARBINARY(16) NOT NULL PRIMARY KEY, " : "")
					+ "event_id VARCHAR NOT NULL, source VARCHAR NOT NULL, digest BYTEA NOT NULL,"
					+ " handled TIMESTAMP WITH TIME ZONE NOT NULL" + (h2 ? ")" : ", PRIMARY KEY (event_id, source))"));
		}
	}

	/** Inserts a row for each that comes for the first time, and returns those. */
	List<Order> admit(List<Order> orders) throws SQLException {
		Set<String> first = this.h2 ? admitOnH2(orders) : admitOnPostgresql(orders);
		// Of two with the same id in one batch one is taken.
		return orders.stream().filter((order) -> first.remove(order.id())).toList();
	}

	void state(List<Order> orders) throws SQLException {
		if (this.h2 || this.rows) {
			try (PreparedStatement insert = this.connection.prepareStatement(STATE + "VALUES (?, ?, ?, ?)")) {
				for (Order order : orders) {
					insert.setString(1, order.data().orderId());
					insert.setString(2, order.data().customer());
					insert.setInt(3, order.data().number());
					insert.setBigDecimal(4, order.data().amount());
					if (this.rows) {
						insert.executeUpdate();
					}
					else {
						insert.addBatch();
					}
				}
				if (!this.rows) {
					insert.executeBatch();
				}
			}
			return;
		}
		try (PreparedStatement insert = this.connection.prepareStatement(STATE + "SELECT * FROM UNNEST(?, ?, ?, ?)")) {
			insert.setArray(1, texts(orders.stream().map((order) -> order.data().orderId()).toArray(String[]::new)));
			insert.setArray(2, texts(orders.stream().map((order) -> order.data().customer()).toArray(String[]::new)));
			insert.setArray(3, this.connection.createArrayOf("int4",
					orders.stream().map((order) -> order.data().number()).toArray(Integer[]::new)));
			insert.setArray(4, this.connection.createArrayOf("numeric",
					orders.stream().map((order) -> order.data().amount()).toArray()));
			insert.executeUpdate();
		}
	}

	private Set<String> admitOnPostgresql(List<Order> orders) throws SQLException {
		Set<String> first = new HashSet<>();
		try (PreparedStatement insert = this.connection
			.prepareStatement(INBOX + "SELECT id, '/bench', digest, now() FROM UNNEST(?, ?) AS t (id, digest)"
					+ " ON CONFLICT DO NOTHING RETURNING event_id")) {
			insert.setArray(1, texts(orders.stream().map(Order::id).toArray(String[]::new)));
			insert.setArray(2,
					this.connection.createArrayOf("bytea", orders.stream().map(Order::digest).toArray(byte[][]::new)));
			try (ResultSet rows = insert.executeQuery()) {
				while (rows.next()) {
					first.add(rows.getString(1));
				}
			}
		}
		return first;
	}

	private Set<String> admitOnH2(List<Order> orders) throws SQLException {
		Map<String, Order> first = new TreeMap<>();
		orders.forEach((order) -> first.putIfAbsent(order.hexKey(), order));
		try (PreparedStatement query = this.connection
			.prepareStatement("SELECT event_key FROM floor_inbox WHERE event_key = ANY (?)")) {
			query.setArray(1, this.connection.createArrayOf("VARBINARY",
					first.keySet().stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new)));
			try (ResultSet rows = query.executeQuery()) {
				while (rows.next()) {
					first.remove(HexFormat.of().formatHex(rows.getBytes(1)));
				}
			}
		}
		Timestamp now = Timestamp.from(Instant.now());
		Set<String> ids = new HashSet<>();
		try (PreparedStatement insert = this.connection.prepareStatement(INBOX_ON_H2)) {
			for (Map.Entry<String, Order> entry : first.entrySet()) {
				insert.setBytes(1, HexFormat.of().parseHex(entry.getKey()));
				insert.setString(2, entry.getValue().id());
				insert.setBytes(3, entry.getValue().digest());
				insert.setTimestamp(4, now);
				insert.addBatch();
				ids.add(entry.getValue().id());
			}
			insert.executeBatch();
		}
		return ids;
	}

	private Array texts(String[] values) throws SQLException {
		return this.connection.createArrayOf("varchar", values);
	}

}
