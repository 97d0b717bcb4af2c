package dev.busbar.failure;

import dev.busbar.failure.cases.FullDiskCases;
import dev.busbar.failure.cases.HostileRequestCases;
import dev.busbar.failure.cases.IdentityCases;
import dev.busbar.failure.cases.KillCases;
import dev.busbar.failure.cases.LoadCases;
import dev.busbar.failure.cases.PoisonCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

class EmbeddedH2Failures extends FailureSuite
		implements KillCases, PoisonCases, HostileRequestCases, IdentityCases, LoadCases, FullDiskCases {

	EmbeddedH2Failures() {
		super(Site.embeddedH2(), Size.configured());
	}

}
