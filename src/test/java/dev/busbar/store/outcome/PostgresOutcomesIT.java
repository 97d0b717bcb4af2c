package dev.busbar.store.outcome;

import dev.busbar.store.TestDatabase;

class PostgresOutcomesIT extends OutcomesContract {

	PostgresOutcomesIT() {
		super(TestDatabase.postgres());
	}

}
