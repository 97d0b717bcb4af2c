package dev.busbar.outbox;

import dev.busbar.bus.BrokerUnavailableException;

/**
 * Events had to wait in the outbox, which holds as many as may wait. None of them was
 * stored there. Its message says how many there are, and which setting bounds them.
 */
public class OutboxFullException extends BrokerUnavailableException {

	private static final long serialVersionUID = 1L;

	public OutboxFullException(String message) {
		super(message, null);
	}

}
