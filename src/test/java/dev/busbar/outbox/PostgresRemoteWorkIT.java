package dev.busbar.outbox;

import dev.busbar.store.TestDatabase;

class PostgresRemoteWorkIT extends RemoteWorkContract {

	PostgresRemoteWorkIT() {
		super(TestDatabase.postgres());
	}

}
