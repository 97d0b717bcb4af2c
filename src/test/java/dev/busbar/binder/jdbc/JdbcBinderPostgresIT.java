package dev.busbar.binder.jdbc;

import dev.busbar.testing.PostgresqlServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JdbcBinderPostgresIT extends JdbcBinderContract {

	@SuppressWarnings("NullAway.Init")
	private static PostgresqlServer.Database database;

	@BeforeAll
	static void create() {
		database = PostgresqlServer.shared().createDatabase();
	}

	@AfterAll
	static void drop() {
		database.close();
	}

	@Override
	String url() {
		return database.url();
	}

}
