package dev.busbar.outbox.outgoing;

import dev.busbar.store.TestDatabase;

class H2RelayTests extends RelayContract {

	H2RelayTests() {
		super(TestDatabase.h2());
	}

}
