package dev.busbar.bus;

import org.jspecify.annotations.Nullable;

/**
 * The broker answered, and will not take this event: no queue receives it, or it is too
 * large. Publishing it again unchanged does not help.
 */
public class EventRejectedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public EventRejectedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
