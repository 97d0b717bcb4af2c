package dev.busbar.outbox.remote;

import dev.busbar.store.TestDatabase;

class PostgresRemoteWorkIT extends RemoteWorkContract {

	PostgresRemoteWorkIT() {
		super(TestDatabase.postgres());
	}

}
