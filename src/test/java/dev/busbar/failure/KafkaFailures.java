package dev.busbar.failure;

import dev.busbar.failure.cases.BrokerAwayCases;
import dev.busbar.failure.cases.DatabaseAwayCases;
import dev.busbar.failure.cases.ForeignKillCases;
import dev.busbar.failure.cases.HostileMessageCases;
import dev.busbar.failure.cases.HostileRequestCases;
import dev.busbar.failure.cases.IdentityCases;
import dev.busbar.failure.cases.InstanceCases;
import dev.busbar.failure.cases.KillCases;
import dev.busbar.failure.cases.LargeEventCases;
import dev.busbar.failure.cases.LoadCases;
import dev.busbar.failure.cases.PackedJarCases;
import dev.busbar.failure.cases.PoisonCases;
import dev.busbar.failure.cases.RandomKillCases;
import dev.busbar.failure.cases.RestartCases;
import dev.busbar.failure.cases.SecretCases;
import dev.busbar.failure.cases.UpgradeCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

class KafkaFailures extends FailureSuite implements BrokerAwayCases, RestartCases, DatabaseAwayCases, KillCases,
		SecretCases, RandomKillCases, PackedJarCases, ForeignKillCases, PoisonCases, HostileRequestCases,
		HostileMessageCases, IdentityCases, LargeEventCases, LoadCases, InstanceCases, UpgradeCases {

	KafkaFailures() {
		super(Site.kafka(), Size.configured());
	}

}
