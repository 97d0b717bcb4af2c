package dev.busbar.binder.jdbc.log;

import javax.sql.DataSource;

import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.junit.jupiter.api.AfterEach;

import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class PostgresAppendIT extends AppendContract {

	private final Database database = PostgresqlServer.shared().createDatabase();

	private final SingleConnectionDataSource connection = new SingleConnectionDataSource(this.database.url(), true);

	@Override
	DataSource database() {
		return this.connection;
	}

	@AfterEach
	void close() {
		this.connection.close();
		this.database.close();
	}

}
