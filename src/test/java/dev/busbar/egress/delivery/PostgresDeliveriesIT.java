package dev.busbar.egress.delivery;

import dev.busbar.store.TestDatabase;

class PostgresDeliveriesIT extends DeliveriesContract {

	PostgresDeliveriesIT() {
		super(TestDatabase.postgres());
	}

}
