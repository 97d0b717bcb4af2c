package dev.busbar.bus;

import org.jspecify.annotations.Nullable;

/**
 * The broker cannot be reached now, or did not confirm in time. Publishing the same event
 * again later is right.
 */
public class BrokerUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public BrokerUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
