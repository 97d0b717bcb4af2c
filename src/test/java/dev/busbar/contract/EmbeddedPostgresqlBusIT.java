package dev.busbar.contract;

import dev.busbar.testing.Broker;

class EmbeddedPostgresqlBusIT extends SharedBusContract {

	EmbeddedPostgresqlBusIT() {
		super(Broker.embeddedPostgresql());
	}

}
