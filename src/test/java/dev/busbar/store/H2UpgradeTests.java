package dev.busbar.store;

class H2UpgradeTests extends UpgradeContract {

	@Override
	TestDatabase database() {
		return TestDatabase.h2();
	}

}
