package dev.busbar.bench.peer;

import java.math.BigDecimal;

/**
 * The data of the peers.
 */
interface PeerEvents {

	/** What is handled. */
	record OrderPlaced(String orderId, String customer, int number, String item, int quantity, BigDecimal amount,
			String note) {

		OrderAccepted accepted() {
			return new OrderAccepted(this.orderId, this.customer, this.number, this.amount, this.note);
		}

	}

	/** The result. */
	record OrderAccepted(String orderId, String customer, int number, BigDecimal amount, String note) {
	}

}
