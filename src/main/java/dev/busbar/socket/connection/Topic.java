package dev.busbar.socket.connection;

import java.util.Set;

/**
 * A part of the protocol.
 */
public interface Topic {

	/** The values of {@code do} that belong to it. */
	Set<String> actions();

	/**
	 * Begins with a new connection.
	 * @param connection the connection, to which nothing may be sent yet
	 */
	Conversation open(SocketConnection connection);

}
