package dev.busbar.egress.live;

/**
 * No further reader can follow the feed on this instance now.
 */
public class LiveRefusalException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final boolean stopping;

	LiveRefusalException(String message, boolean stopping) {
		super(message);
		this.stopping = stopping;
	}

	/** Whether the application stops; otherwise there are too many readers. */
	public boolean stopping() {
		return this.stopping;
	}

}
