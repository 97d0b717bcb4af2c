package dev.busbar.contract;

import dev.busbar.testing.AbsentBroker;
import dev.busbar.testing.Broker;

class RabbitBusIT extends ForeignBusContract {

	RabbitBusIT() {
		super(Broker.rabbit().onPostgresql());
	}

	@Override
	AbsentBroker absent() {
		return AbsentBroker.rabbit();
	}

}
