package dev.busbar.outbox.redelivery;

import dev.busbar.store.TestDatabase;

class H2RemoteWorkTests extends RemoteWorkContract {

	H2RemoteWorkTests() {
		super(TestDatabase.h2());
	}

}
