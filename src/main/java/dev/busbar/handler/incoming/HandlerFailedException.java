package dev.busbar.handler.incoming;

/**
 * A handler threw; the cause is what it threw.
 */
public class HandlerFailedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Wraps what a handler threw.
	 * @param bean the name of the handler's bean
	 * @param cause what it threw
	 */
	public HandlerFailedException(String bean, Throwable cause) {
		super("The handler '" + bean + "' failed: " + cause, cause);
	}

}
