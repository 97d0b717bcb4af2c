package dev.busbar.outbox;

import dev.busbar.store.TestDatabase;

class H2OutboxTests extends OutboxContract {

	H2OutboxTests() {
		super(TestDatabase.h2());
	}

}
