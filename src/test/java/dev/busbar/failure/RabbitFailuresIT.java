package dev.busbar.failure;

import dev.busbar.failure.cases.BrokerAwayCases;
import dev.busbar.failure.cases.ForeignKillCases;
import dev.busbar.failure.cases.HostileMessageCases;
import dev.busbar.failure.cases.RestartCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases for which this broker stands. */
class RabbitFailuresIT extends FailureSuite
		implements BrokerAwayCases, ForeignKillCases, HostileMessageCases, RestartCases {

	RabbitFailuresIT() {
		super(Site.rabbit(), Size.SHORT);
	}

}
