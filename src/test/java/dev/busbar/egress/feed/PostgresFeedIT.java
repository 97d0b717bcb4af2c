package dev.busbar.egress.feed;

import dev.busbar.store.TestDatabase;

class PostgresFeedIT extends FeedContract {

	PostgresFeedIT() {
		super(TestDatabase.postgres());
	}

}
