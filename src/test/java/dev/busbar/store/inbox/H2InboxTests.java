package dev.busbar.store.inbox;

import dev.busbar.store.TestDatabase;

class H2InboxTests extends InboxContract {

	H2InboxTests() {
		super(TestDatabase.h2());
	}

	@Override
	boolean takesNewEventsTogether() {
		return false;
	}

}
