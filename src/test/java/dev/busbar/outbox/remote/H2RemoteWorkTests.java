package dev.busbar.outbox.remote;

import dev.busbar.store.TestDatabase;

class H2RemoteWorkTests extends RemoteWorkContract {

	H2RemoteWorkTests() {
		super(TestDatabase.h2());
	}

}
