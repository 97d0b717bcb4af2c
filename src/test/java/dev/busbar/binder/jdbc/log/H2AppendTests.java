package dev.busbar.binder.jdbc.log;

import java.util.UUID;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;

import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class H2AppendTests extends AppendContract {

	private final SingleConnectionDataSource database = new SingleConnectionDataSource(
			"jdbc:h2:mem:" + UUID.randomUUID(), true);

	@Override
	DataSource database() {
		return this.database;
	}

	@AfterEach
	void close() {
		this.database.close();
	}

}
