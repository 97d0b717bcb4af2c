package dev.busbar.outbox;

import dev.busbar.store.TestDatabase;

class PostgresOutboxIT extends OutboxContract {

	PostgresOutboxIT() {
		super(TestDatabase.postgres());
	}

}
