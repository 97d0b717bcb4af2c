package dev.busbar.store.archive;

import dev.busbar.store.TestDatabase;

class H2ArchiveTests extends ArchiveContract {

	H2ArchiveTests() {
		super(TestDatabase.h2());
	}

}
