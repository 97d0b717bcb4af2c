package dev.busbar.contract;

import dev.busbar.testing.Broker;

class EmbeddedH2BusIT extends BusContract {

	EmbeddedH2BusIT() {
		super(Broker.embeddedH2());
	}

}
