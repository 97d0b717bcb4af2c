package dev.busbar.outbox.redelivery;

import dev.busbar.store.TestDatabase;

class PostgresRemoteWorkIT extends RemoteWorkContract {

	PostgresRemoteWorkIT() {
		super(TestDatabase.postgres());
	}

}
