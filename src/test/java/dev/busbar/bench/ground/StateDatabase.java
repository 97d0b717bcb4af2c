package dev.busbar.bench.ground;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;

/**
 * A database in PostgreSQL with the table of the orders' state.
 *
 * @param database the database
 */
record StateDatabase(Database database) implements AutoCloseable {

	/** What a handled order is for the application. */
	static final String TABLE = "CREATE TABLE bench_order (order_id VARCHAR(100) NOT NULL PRIMARY KEY,"
			+ " customer VARCHAR(100) NOT NULL, number INTEGER NOT NULL, amount NUMERIC(12, 2) NOT NULL)";

	/**
	 * Has a pool grow with what is used: contestants wait side by side, and PostgreSQL
	 * gives a hundred connections.
	 */
	static final String POOL = "--spring.datasource.hikari.minimum-idle=4";

	static StateDatabase create() throws SQLException {
		Database database = PostgresqlServer.shared().createDatabase();
		try (Connection connection = DriverManager.getConnection(database.url());
				Statement statement = connection.createStatement()) {
			statement.execute(TABLE);
			// So that none has to write what the one before has left.
			statement.execute("CHECKPOINT");
		}
		return new StateDatabase(database);
	}

	static String version() throws SQLException {
		try (StateDatabase database = create(); Connection connection = DriverManager.getConnection(database.url())) {
			return "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
		}
	}

	String url() {
		return this.database.url();
	}

	@Override
	public void close() {
		this.database.close();
	}

}
