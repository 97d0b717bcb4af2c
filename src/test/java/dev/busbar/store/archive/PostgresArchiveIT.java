package dev.busbar.store.archive;

import dev.busbar.store.TestDatabase;

class PostgresArchiveIT extends ArchiveContract {

	PostgresArchiveIT() {
		super(TestDatabase.postgres());
	}

}
