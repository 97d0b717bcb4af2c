package dev.busbar.event;

import org.jspecify.annotations.Nullable;

/**
 * What came in is no event, or its data does not fit its type. The message says what was
 * found, what is allowed and what to do, and quotes no data.
 */
public class EventFormatException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public EventFormatException(String message) {
		super(message);
	}

	public EventFormatException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
