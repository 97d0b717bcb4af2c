package dev.busbar.outbox.result;

import dev.busbar.store.TestDatabase;

class H2OutboxTests extends OutboxContract {

	H2OutboxTests() {
		super(TestDatabase.h2());
	}

}
