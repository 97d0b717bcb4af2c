package dev.busbar.bus.inbound;

/**
 * Handling was told to stop while it waited; nothing was acknowledged, so that the broker
 * delivers the events again.
 */
public class HandlingStoppedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public HandlingStoppedException() {
		super("handling was stopped; the events stay with the broker");
	}

}
