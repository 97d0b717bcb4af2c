package dev.busbar.store;

class PostgresUpgradeIT extends UpgradeContract {

	@Override
	TestDatabase database() {
		return TestDatabase.postgres();
	}

}
