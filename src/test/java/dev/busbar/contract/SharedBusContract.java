package dev.busbar.contract;

import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarProcess;
import org.junit.jupiter.api.Test;

/**
 * The promises on a broker that several processes can share.
 */
abstract class SharedBusContract extends BusContract {

	SharedBusContract(Broker broker) {
		super(broker);
	}

	@Test
	void eachOfTwoGroupsHandlesEveryEvent() {
		String prefix = prefix();
		try (BusbarProcess other = application("other-" + prefix + "group").startReady()) {
			for (int number = 0; number < 20; number++) {
				client().post(event(prefix + number, "contract.noted", prefix + number, number));
			}
			awaitEffects("contract.noted", prefix, 20);
			awaitEffects(other.client(), "contract.noted", prefix, 20);
		}
	}

}
