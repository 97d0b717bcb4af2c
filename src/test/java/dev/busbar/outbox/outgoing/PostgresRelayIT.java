package dev.busbar.outbox.outgoing;

import dev.busbar.store.TestDatabase;

class PostgresRelayIT extends RelayContract {

	PostgresRelayIT() {
		super(TestDatabase.postgres());
	}

}
