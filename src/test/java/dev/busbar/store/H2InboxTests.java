package dev.busbar.store;

class H2InboxTests extends InboxContract {

	H2InboxTests() {
		super(TestDatabase.h2());
	}

	@Override
	boolean takesNewEventsTogether() {
		return false;
	}

}
