package dev.busbar.failure;

import dev.busbar.failure.cases.BrokerAwayCases;
import dev.busbar.failure.cases.HostileMessageCases;
import dev.busbar.failure.cases.RestartCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases that this broker stands for. */
class RabbitFailuresIT extends FailureSuite implements BrokerAwayCases, HostileMessageCases, RestartCases {

	RabbitFailuresIT() {
		super(Site.rabbit(), Size.SHORT);
	}

}
