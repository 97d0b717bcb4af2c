package dev.busbar.outbox.redelivery;

import dev.busbar.store.TestDatabase;

class PostgresRedeliveriesIT extends RedeliveriesContract {

	PostgresRedeliveriesIT() {
		super(TestDatabase.postgres());
	}

}
