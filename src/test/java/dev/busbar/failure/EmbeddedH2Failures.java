package dev.busbar.failure;

import dev.busbar.failure.cases.FullDiskCases;
import dev.busbar.failure.cases.HostileRequestCases;
import dev.busbar.failure.cases.IdentityCases;
import dev.busbar.failure.cases.KillCases;
import dev.busbar.failure.cases.LargeEventCases;
import dev.busbar.failure.cases.LoadCases;
import dev.busbar.failure.cases.PackedJarCases;
import dev.busbar.failure.cases.PoisonCases;
import dev.busbar.failure.cases.RandomKillCases;
import dev.busbar.failure.cases.SecretCases;
import dev.busbar.failure.cases.SlowReaderCases;
import dev.busbar.failure.cases.SlowSocketCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

class EmbeddedH2Failures extends FailureSuite
		implements KillCases, SecretCases, RandomKillCases, PackedJarCases, PoisonCases, HostileRequestCases,
		IdentityCases, LargeEventCases, LoadCases, FullDiskCases, SlowSocketCases, SlowReaderCases {

	EmbeddedH2Failures() {
		super(Site.embeddedH2(), Size.configured());
	}

}
