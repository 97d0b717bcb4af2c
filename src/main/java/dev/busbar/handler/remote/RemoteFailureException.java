package dev.busbar.handler.remote;

import dev.busbar.event.NonRetryable;

/**
 * A remote handler says that an attempt has failed, or says nothing any more.
 */
public class RemoteFailureException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the failure.
	 * @param reason what the client says
	 */
	public RemoteFailureException(String reason) {
		// Without a stack trace, which would only show who brought the message.
		super(reason, null, false, false);
	}

	/**
	 * A remote handler says that no further attempt helps.
	 */
	@NonRetryable
	public static final class Final extends RemoteFailureException {

		private static final long serialVersionUID = 1L;

		/**
		 * Creates the failure.
		 * @param reason what the client says
		 */
		public Final(String reason) {
			super(reason);
		}

	}

}
