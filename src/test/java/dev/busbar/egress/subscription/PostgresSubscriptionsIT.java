package dev.busbar.egress.subscription;

import dev.busbar.store.TestDatabase;

class PostgresSubscriptionsIT extends SubscriptionsContract {

	PostgresSubscriptionsIT() {
		super(TestDatabase.postgres());
	}

}
