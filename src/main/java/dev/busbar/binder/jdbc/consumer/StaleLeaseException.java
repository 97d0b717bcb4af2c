package dev.busbar.binder.jdbc.consumer;

/**
 * A consumer acknowledged under a lease that another has taken over. Its transaction must
 * roll back: the new owner handles the same records.
 */
public class StaleLeaseException extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param message what was acknowledged
	 */
	public StaleLeaseException(String message) {
		super(message);
	}

}
