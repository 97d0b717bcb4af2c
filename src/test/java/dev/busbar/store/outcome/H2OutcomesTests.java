package dev.busbar.store.outcome;

import dev.busbar.store.TestDatabase;

class H2OutcomesTests extends OutcomesContract {

	H2OutcomesTests() {
		super(TestDatabase.h2());
	}

}
