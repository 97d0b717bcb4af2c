package dev.busbar.outbox.redelivery;

import dev.busbar.store.TestDatabase;

class H2RedeliveriesTests extends RedeliveriesContract {

	H2RedeliveriesTests() {
		super(TestDatabase.h2());
	}

}
