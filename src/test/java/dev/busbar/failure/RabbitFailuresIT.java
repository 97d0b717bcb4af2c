package dev.busbar.failure;

import dev.busbar.failure.cases.BrokerAwayCases;
import dev.busbar.failure.cases.ForeignKillCases;
import dev.busbar.failure.cases.HostileMessageCases;
import dev.busbar.failure.cases.KillCases;
import dev.busbar.failure.cases.LargeEventCases;
import dev.busbar.failure.cases.RandomKillCases;
import dev.busbar.failure.cases.RestartCases;
import dev.busbar.failure.cases.SecretCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases for which this broker stands. */
class RabbitFailuresIT extends FailureSuite implements BrokerAwayCases, ForeignKillCases, HostileMessageCases,
		KillCases, LargeEventCases, SecretCases, RandomKillCases, RestartCases {

	RabbitFailuresIT() {
		super(Site.rabbit(), Size.SHORT);
	}

}
