package dev.busbar.outbox.outgoing;

import dev.busbar.store.TestDatabase;

class H2NothingStoredTests extends NothingStoredContract {

	H2NothingStoredTests() {
		super(TestDatabase.h2());
	}

}
