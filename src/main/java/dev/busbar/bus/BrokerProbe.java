package dev.busbar.bus;

/**
 * Tells whether the selected broker can be reached. The embedded broker has none.
 */
public interface BrokerProbe {

	/** The broker's address as a person would write it, without credentials. */
	String address();

	/**
	 * Tries the broker, for a second at most.
	 * @throws Exception if it cannot be reached; the message says why
	 */
	void probe() throws Exception;

}
