package dev.busbar.bench.app;

import java.math.BigDecimal;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

/**
 * The event types of the benchmark.
 */
interface BenchEvents {

	/**
	 * What is handled.
	 *
	 * @param number its place among the orders of its customer, from 0
	 */
	@EventType("order.placed")
	record OrderPlaced(String orderId, @EventKey String customer, int number, String item, int quantity,
			BigDecimal amount, String note) {
	}

	/** The result. */
	@EventType("order.accepted")
	record OrderAccepted(String orderId, @EventKey String customer, int number, BigDecimal amount, String note) {
	}

}
