package dev.busbar.handler;

/**
 * A function bean, or a declaration of an event type, that Busbar refuses at start. Says
 * what was found and what to do, so that a failure analyzer can show both.
 */
public class InvalidHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Refuses something.
	 * @param found what was found and why it cannot be, with the names of the beans and
	 * types
	 * @param action what to do about it
	 */
	public InvalidHandlerException(String found, String action) {
		super(found);
		this.action = action;
	}

	/** What to do about it. */
	public String action() {
		return this.action;
	}

}
