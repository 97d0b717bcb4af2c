package dev.busbar.handler.remote;

/**
 * A lease does not hold any more, or never did: its event may be with another client by
 * now, and nothing was changed.
 */
public class LeaseLostException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** A lease that does not hold. */
	public LeaseLostException() {
		super("The lease does not hold any more");
	}

}
