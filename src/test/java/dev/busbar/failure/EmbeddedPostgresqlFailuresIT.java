package dev.busbar.failure;

import dev.busbar.failure.cases.DatabaseAwayCases;
import dev.busbar.failure.cases.UpgradeCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases for which this broker stands. */
class EmbeddedPostgresqlFailuresIT extends FailureSuite implements DatabaseAwayCases, UpgradeCases {

	EmbeddedPostgresqlFailuresIT() {
		super(Site.embeddedPostgresql(), Size.SHORT);
	}

}
