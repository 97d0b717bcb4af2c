package dev.busbar.ingress.webhook.source;

/**
 * The application must not start with such a source of webhooks.
 */
public class SourceConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Refuses a source.
	 * @param found what was found, without secrets
	 * @param action what to do about it
	 */
	public SourceConfigurationException(String found, String action) {
		super(found);
		this.action = action;
	}

	/** What to do about it. */
	public String action() {
		return this.action;
	}

}
