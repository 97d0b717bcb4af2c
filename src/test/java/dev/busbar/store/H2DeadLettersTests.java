package dev.busbar.store;

class H2DeadLettersTests extends DeadLettersContract {

	H2DeadLettersTests() {
		super(TestDatabase.h2());
	}

}
