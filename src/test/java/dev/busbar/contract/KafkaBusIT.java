package dev.busbar.contract;

import dev.busbar.testing.AbsentBroker;
import dev.busbar.testing.Broker;

class KafkaBusIT extends ForeignBusContract {

	KafkaBusIT() {
		super(Broker.kafka().onPostgresql());
	}

	@Override
	AbsentBroker absent() {
		return AbsentBroker.kafka();
	}

}
