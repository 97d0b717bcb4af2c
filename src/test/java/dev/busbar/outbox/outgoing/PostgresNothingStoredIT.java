package dev.busbar.outbox.outgoing;

import dev.busbar.store.TestDatabase;

class PostgresNothingStoredIT extends NothingStoredContract {

	PostgresNothingStoredIT() {
		super(TestDatabase.postgres());
	}

}
