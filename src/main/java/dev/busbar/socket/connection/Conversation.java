package dev.busbar.socket.connection;

import dev.busbar.socket.protocol.ClientMessage;

/**
 * What one connection and one part of the protocol have to do with each other. Messages
 * come one at a time; all other methods may be called from any thread, and must not wait
 * for the client.
 */
public interface Conversation {

	/**
	 * Takes a message, and answers it.
	 * @param message one of the actions of its {@link Topic}
	 * @throws dev.busbar.problem.ProblemException what the client is answered
	 */
	void receive(ClientMessage message);

	/** All that was to be sent is sent: there is room for more. */
	default void drained() {
	}

	/**
	 * The application stops: nothing more is to be begun, and what waits is given back.
	 */
	default void leave() {
	}

	/** The connection is closed, for whatever reason. */
	default void closed() {
	}

}
