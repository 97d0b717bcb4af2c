package dev.busbar.store;

class H2LeasesTests extends LeasesContract {

	H2LeasesTests() {
		super(TestDatabase.h2());
	}

}
