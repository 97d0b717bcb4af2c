package dev.busbar.egress.dispatch;

import dev.busbar.store.TestDatabase;

class H2DeliveryPurgesTests extends DeliveryPurgesContract {

	H2DeliveryPurgesTests() {
		super(TestDatabase.h2());
	}

}
