package dev.busbar.outbox;

import dev.busbar.store.TestDatabase;

class PostgresRedeliveriesIT extends RedeliveriesContract {

	PostgresRedeliveriesIT() {
		super(TestDatabase.postgres());
	}

}
