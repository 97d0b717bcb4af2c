package dev.busbar.egress.feed;

import dev.busbar.store.TestDatabase;

class H2FeedTests extends FeedContract {

	H2FeedTests() {
		super(TestDatabase.h2());
	}

}
