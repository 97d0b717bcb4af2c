package dev.busbar.operations;

import dev.busbar.store.TestDatabase;

class H2BulkReplayTests extends BulkReplayContract {

	H2BulkReplayTests() {
		super(TestDatabase.h2());
	}

}
