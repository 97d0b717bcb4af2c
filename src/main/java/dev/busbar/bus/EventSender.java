package dev.busbar.bus;

import java.util.List;

/**
 * How one kind of broker stores a batch of events. There is one bean of this type: that
 * of the selected broker. Called by one thread at a time.
 */
public interface EventSender {

	/**
	 * Sends the events in their order and waits, a few seconds at most, until the broker
	 * has confirmed or refused each. When it returns, {@link OutgoingEvent#stored} of
	 * each is completed, normally or exceptionally, some perhaps earlier and by another
	 * thread; it throws nothing.
	 * @param batch at least one event, possibly of several streams
	 */
	void send(List<OutgoingEvent> batch);

	/**
	 * Sends the events with the caller's running transaction, on the caller's thread; may
	 * be called by several threads at a time. Completes, exceptionally, only those that
	 * the broker refuses; the others are sent nevertheless.
	 * @param batch events, possibly of several streams; with none, it only tells whether
	 * it could
	 * @return whether this broker can take part in the transaction; if not, nothing was
	 * sent
	 */
	default boolean sendInTransaction(List<OutgoingEvent> batch) {
		return false;
	}

}
