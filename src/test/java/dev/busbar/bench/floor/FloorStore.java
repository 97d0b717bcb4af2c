package dev.busbar.bench.floor;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.floor.Order.Result;

/**
 * The database of the floor beside a broker, on PostgreSQL: inbox, state, and the results
 * that a crash must not lose. For one thread.
 */
final class FloorStore implements AutoCloseable {

	private static final int BLOCK = 1_000_000;

	private final Connection connection;

	private final FloorTables tables;

	private final List<Long> published = new ArrayList<>();

	private long next;

	private long end;

	FloorStore(Map<String, String> settings) throws SQLException {
		this.connection = DriverManager.getConnection(Settings.get(settings, "database"));
		this.connection.setAutoCommit(false);
		this.tables = new FloorTables(this.connection, settings);
	}

	/** Creates the tables. */
	static void create(String url) throws SQLException {
		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement()) {
			FloorTables.create(connection);
			statement.execute("CREATE TABLE IF NOT EXISTS floor_outbox (number BIGINT NOT NULL PRIMARY KEY,"
					+ " cause_id VARCHAR NOT NULL, result_id VARCHAR NOT NULL, result_key VARCHAR NOT NULL,"
					+ " data BYTEA COMPRESSION lz4 NOT NULL, stored TIMESTAMP WITH TIME ZONE NOT NULL,"
					+ " published TIMESTAMP WITH TIME ZONE)");
			statement.execute("CREATE INDEX IF NOT EXISTS floor_outbox_cause ON floor_outbox (cause_id)");
			statement.execute("CREATE SEQUENCE IF NOT EXISTS floor_outbox_seq INCREMENT BY " + BLOCK);
		}
	}

	/** One transaction for a batch; returns what is to be published of it. */
	Batch handle(List<Order> orders) throws SQLException {
		List<Order> fresh = this.tables.admit(orders);
		Batch batch = new Batch(new ArrayList<>(), new ArrayList<>());
		for (Order order : fresh) {
			batch.numbers().add(number());
			batch.results().add(order.accept());
		}
		if (!fresh.isEmpty()) {
			this.tables.state(fresh);
			store(batch);
		}
		if (fresh.size() < orders.size()) {
			addUnpublished(batch, orders, fresh);
		}
		mark();
		this.connection.commit();
		return batch;
	}

	/** The marks ride in the next batch's transaction. */
	void published(Batch batch) {
		this.published.addAll(batch.numbers());
	}

	/** The last marks, at the end. */
	void finish() throws SQLException {
		mark();
		this.connection.commit();
	}

	private void store(Batch batch) throws SQLException {
		List<Result> results = batch.results();
		try (PreparedStatement insert = this.connection
			.prepareStatement("INSERT INTO floor_outbox (number, cause_id, result_id, result_key, data, stored)"
					+ " SELECT * FROM UNNEST(?, ?, ?, ?, ?, ?)")) {
			insert.setArray(1, numbers(batch.numbers()));
			insert.setArray(2, texts(results.stream().map(Result::cause).toArray(String[]::new)));
			insert.setArray(3, texts(results.stream().map(Result::id).toArray(String[]::new)));
			insert.setArray(4, texts(results.stream().map(Result::key).toArray(String[]::new)));
			insert.setArray(5,
					this.connection.createArrayOf("bytea", results.stream().map(Result::data).toArray(byte[][]::new)));
			insert.setArray(6, this.connection.createArrayOf("timestamptz",
					results.stream().map((result) -> Timestamp.from(result.time())).toArray()));
			insert.executeUpdate();
		}
	}

	/** Of orders that came again: what a crash kept from being published. */
	private void addUnpublished(Batch batch, List<Order> orders, List<Order> fresh) throws SQLException {
		List<Order> again = new ArrayList<>(orders);
		again.removeAll(fresh);
		try (PreparedStatement query = this.connection.prepareStatement("SELECT number, cause_id, result_id,"
				+ " result_key, stored, data FROM floor_outbox WHERE cause_id = ANY (?) AND published IS NULL"
				+ " AND NOT number = ANY (?) ORDER BY number")) {
			query.setArray(1, texts(again.stream().map(Order::id).toArray(String[]::new)));
			query.setArray(2, numbers(this.published));
			try (ResultSet rows = query.executeQuery()) {
				while (rows.next()) {
					batch.numbers().add(rows.getLong(1));
					batch.results()
						.add(new Result("order.accepted", rows.getString(2), rows.getString(3), rows.getString(4),
								rows.getTimestamp(5).toInstant(), rows.getBytes(6)));
				}
			}
		}
	}

	private void mark() throws SQLException {
		if (this.published.isEmpty()) {
			return;
		}
		try (PreparedStatement update = this.connection
			.prepareStatement("UPDATE floor_outbox SET published = now() WHERE number = ANY (?)")) {
			update.setArray(1, numbers(this.published));
			update.executeUpdate();
		}
		this.published.clear();
	}

	private long number() throws SQLException {
		if (this.next == this.end) {
			try (PreparedStatement query = this.connection.prepareStatement("SELECT nextval('floor_outbox_seq')");
					ResultSet row = query.executeQuery()) {
				row.next();
				this.next = row.getLong(1);
				this.end = this.next + BLOCK;
			}
		}
		return this.next++;
	}

	private Array texts(String[] values) throws SQLException {
		return this.connection.createArrayOf("varchar", values);
	}

	private Array numbers(List<Long> values) throws SQLException {
		return this.connection.createArrayOf("int8", values.toArray(Long[]::new));
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

	/**
	 * What a batch gave.
	 *
	 * @param results to be published
	 * @param numbers their rows
	 */
	record Batch(List<Result> results, List<Long> numbers) {
	}

}
