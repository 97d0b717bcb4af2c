package dev.busbar.egress.dispatch;

import dev.busbar.store.TestDatabase;

class PostgresDeliveryPurgesIT extends DeliveryPurgesContract {

	PostgresDeliveryPurgesIT() {
		super(TestDatabase.postgres());
	}

}
