package dev.busbar.store;

class PostgresLeasesIT extends LeasesContract {

	PostgresLeasesIT() {
		super(TestDatabase.postgres());
	}

}
