package dev.busbar.store.partition;

import dev.busbar.store.TestDatabase;

class H2PartitionLeasesTests extends PartitionLeasesContract {

	H2PartitionLeasesTests() {
		super(TestDatabase.h2());
	}

}
