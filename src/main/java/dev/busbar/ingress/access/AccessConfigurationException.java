package dev.busbar.ingress.access;

/**
 * The application must not start with this access configuration.
 */
public class AccessConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Creates the exception.
	 * @param found what was found, without secrets
	 * @param action what to do
	 */
	public AccessConfigurationException(String found, String action) {
		super(found);
		this.action = action;
	}

	/** What to do. */
	public String action() {
		return this.action;
	}

}
