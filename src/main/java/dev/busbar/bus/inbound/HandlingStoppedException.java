package dev.busbar.bus.inbound;

import java.util.concurrent.CancellationException;

/**
 * Handling was told to stop while it waited; nothing was acknowledged, so that the broker
 * delivers the events again. By what it extends the embedded broker knows that this is
 * not a failure.
 */
public class HandlingStoppedException extends CancellationException {

	private static final long serialVersionUID = 1L;

	public HandlingStoppedException() {
		super("handling was stopped; the events stay with the broker");
	}

}
