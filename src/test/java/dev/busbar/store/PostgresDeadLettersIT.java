package dev.busbar.store;

class PostgresDeadLettersIT extends DeadLettersContract {

	PostgresDeadLettersIT() {
		super(TestDatabase.postgres());
	}

}
