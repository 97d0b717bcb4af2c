package dev.busbar.failure;

import dev.busbar.failure.cases.DatabaseAwayCases;
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

class EmbeddedPostgresqlFailures extends FailureSuite
		implements RestartCases, DatabaseAwayCases, KillCases, SecretCases, RandomKillCases, PackedJarCases,
		PoisonCases, HostileRequestCases, IdentityCases, LargeEventCases, LoadCases, InstanceCases, UpgradeCases {

	EmbeddedPostgresqlFailures() {
		super(Site.embeddedPostgresql(), Size.configured());
	}

}
