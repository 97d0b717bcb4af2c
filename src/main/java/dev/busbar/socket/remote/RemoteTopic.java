package dev.busbar.socket.remote;

import java.util.Set;

import dev.busbar.event.CloudEvents;
import dev.busbar.handler.batch.RemoteHandling;
import dev.busbar.socket.connection.Conversation;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.connection.Topic;

/**
 * Lets a client be a remote handler.
 */
public final class RemoteTopic implements Topic {

	private final RemoteHandling handling;

	private final Dispatcher dispatcher;

	private final CloudEvents codec;

	/**
	 * Prepares for remote handlers.
	 * @param handling takes their answers
	 * @param dispatcher gives them events
	 * @param codec writes events
	 */
	public RemoteTopic(RemoteHandling handling, Dispatcher dispatcher, CloudEvents codec) {
		this.handling = handling;
		this.dispatcher = dispatcher;
		this.codec = codec;
	}

	@Override
	public Set<String> actions() {
		return Set.of("handle", "unhandle", "handled", "failed", "release", "extend");
	}

	@Override
	public Conversation open(SocketConnection connection) {
		return new RemoteConversation(connection, this.handling, this.dispatcher, this.codec);
	}

}
