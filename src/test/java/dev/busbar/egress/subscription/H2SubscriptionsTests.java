package dev.busbar.egress.subscription;

import dev.busbar.store.TestDatabase;

class H2SubscriptionsTests extends SubscriptionsContract {

	H2SubscriptionsTests() {
		super(TestDatabase.h2());
	}

}
