package dev.busbar.egress.live;

/**
 * Where the events of one reader go: one connection. A {@link LiveReader} calls it from
 * several threads, but never from two at the same time. No method may wait for the
 * reader; what one throws ends the reader.
 */
public interface LiveOutlet {

	/**
	 * Whether it takes an event now. If not, it calls {@link LiveReader#resume} once it
	 * does.
	 */
	boolean ready();

	/** A number that has changed when the connection has taken something since. */
	long progress();

	/**
	 * Takes an event, after it was ready. It may hold on to it until it can be written.
	 * @param event the event
	 */
	void send(LiveEvent event);

	/**
	 * A sign of life, after it was ready.
	 * @param position up to which number the reader has missed nothing: where it may
	 * resume
	 */
	void heartbeat(long position);

	/**
	 * Passes on what was taken, as far as that is possible now.
	 * @return whether all of it was; if not, it calls {@link LiveReader#resume} once more
	 * is possible
	 */
	boolean flush();

	/**
	 * The reader gets nothing more.
	 * @param reason why
	 */
	void end(End reason);

	/**
	 * Why a reader gets nothing more.
	 */
	enum End {

		/** The application stops. */
		STOPPED,

		/** The token of its caller has expired. */
		EXPIRED,

		/** It took nothing for too long. */
		TOO_SLOW,

		/**
		 * It was so slow that what follows is not kept any more, or the feed has started
		 * anew.
		 */
		GONE,

		/** Serving it failed. */
		FAILED,

		/** The reader itself has closed it. */
		CLOSED

	}

}
