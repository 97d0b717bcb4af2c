package dev.busbar.egress.delivery;

import dev.busbar.store.TestDatabase;

class H2DeliveriesTests extends DeliveriesContract {

	H2DeliveriesTests() {
		super(TestDatabase.h2());
	}

}
