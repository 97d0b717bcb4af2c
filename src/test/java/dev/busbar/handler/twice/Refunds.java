package dev.busbar.handler.twice;

import dev.busbar.event.EventType;

/**
 * A package with two classes of one event type.
 */
public interface Refunds {

	@EventType("order.refunded")
	record Refunded(String order) {
	}

	@EventType("order.refunded")
	record RefundedAgain(String order) {
	}

}
