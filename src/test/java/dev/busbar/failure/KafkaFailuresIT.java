package dev.busbar.failure;

import dev.busbar.failure.cases.HostileMessageCases;
import dev.busbar.failure.cases.SecretCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases in which this broker differs most from others. */
class KafkaFailuresIT extends FailureSuite implements HostileMessageCases, SecretCases {

	KafkaFailuresIT() {
		super(Site.kafka(), Size.SHORT);
	}

}
