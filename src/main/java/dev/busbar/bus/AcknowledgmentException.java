package dev.busbar.bus;

/**
 * The broker does not take the acknowledgment any more: another consumer has taken the
 * partition over. The transaction is rolled back, and the events are the other's.
 */
public class AcknowledgmentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	AcknowledgmentException(Throwable cause) {
		super("The acknowledgment was refused: " + cause.getMessage(), cause);
	}

}
