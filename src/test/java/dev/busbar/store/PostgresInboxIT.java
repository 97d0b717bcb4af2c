package dev.busbar.store;

class PostgresInboxIT extends InboxContract {

	PostgresInboxIT() {
		super(TestDatabase.postgres());
	}

	@Override
	boolean takesNewEventsTogether() {
		return true;
	}

}
