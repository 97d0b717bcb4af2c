package dev.busbar.store.partition;

import dev.busbar.store.TestDatabase;

class PostgresPartitionLeasesIT extends PartitionLeasesContract {

	PostgresPartitionLeasesIT() {
		super(TestDatabase.postgres());
	}

}
