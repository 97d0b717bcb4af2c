package dev.busbar.socket.connection;

import java.time.Duration;

/**
 * What a connection may do.
 *
 * @param maxConnections how many connections there may be
 * @param maxMessage how many bytes a message of a client may have
 * @param messagesPerSecond how many messages it may send in a second
 * @param buffer how many characters may wait to be sent
 * @param writeTimeout how long it may take for one message
 * @param pingInterval how often it is asked for a sign of life
 */
public record SocketLimits(int maxConnections, int maxMessage, int messagesPerSecond, int buffer, Duration writeTimeout,
		Duration pingInterval) {

}
