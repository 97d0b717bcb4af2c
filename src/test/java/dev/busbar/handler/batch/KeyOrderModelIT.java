package dev.busbar.handler.batch;

import dev.busbar.store.TestDatabase;
import org.junit.jupiter.api.AfterAll;

/**
 * The same on PostgreSQL, where new events are admitted by one statement, and gates are
 * not always looked at.
 */
class KeyOrderModelIT extends KeyOrderModel {

	private TestDatabase database;

	@Override
	RetryFixture open() {
		this.database = TestDatabase.postgres();
		return new RetryFixture(this.database.dataSource().getJdbcUrl(), "postgres");
	}

	@AfterAll
	void drop() {
		close();
		this.database.close();
	}

}
