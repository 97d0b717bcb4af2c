package dev.busbar.failure;

import dev.busbar.failure.cases.FullDiskCases;
import dev.busbar.failure.cases.HostileRequestCases;
import dev.busbar.failure.cases.IdentityCases;
import dev.busbar.failure.cases.LoadCases;
import dev.busbar.failure.cases.PackedJarCases;
import dev.busbar.failure.cases.PoisonCases;
import dev.busbar.failure.cases.SecretCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases for which this broker stands. */
class EmbeddedH2FailuresIT extends FailureSuite implements FullDiskCases, HostileRequestCases, IdentityCases, LoadCases,
		PackedJarCases, PoisonCases, SecretCases {

	EmbeddedH2FailuresIT() {
		super(Site.embeddedH2(), Size.SHORT);
	}

}
