package dev.busbar.store.inbox;

import dev.busbar.store.TestDatabase;

class PostgresInboxIT extends InboxContract {

	PostgresInboxIT() {
		super(TestDatabase.postgres());
	}

	@Override
	boolean takesNewEventsTogether() {
		return true;
	}

}
