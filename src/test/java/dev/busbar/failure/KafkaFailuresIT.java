package dev.busbar.failure;

import dev.busbar.failure.cases.HostileMessageCases;
import dev.busbar.failure.cases.HostileRequestCases;
import dev.busbar.failure.cases.InstanceCases;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;

/** The short form, of the cases that this broker stands for. */
class KafkaFailuresIT extends FailureSuite implements HostileMessageCases, HostileRequestCases, InstanceCases {

	KafkaFailuresIT() {
		super(Site.kafka(), Size.SHORT);
	}

}
