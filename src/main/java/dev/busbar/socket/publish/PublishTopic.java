package dev.busbar.socket.publish;

import java.util.List;
import java.util.Set;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.ingress.EventIntake;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.ingress.access.Scope;
import dev.busbar.socket.connection.Conversation;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.connection.Topic;
import dev.busbar.socket.protocol.ClientMessage;
import dev.busbar.socket.protocol.ServerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Takes events in, as {@code POST /events} does: the same checks, limits and errors. The
 * answer comes when the event is stored.
 */
public final class PublishTopic implements Topic {

	private final EventIntake intake;

	private final EventAccess access;

	private final CloudEvents codec;

	/**
	 * Prepares publishing.
	 * @param intake checks and stores events
	 * @param access tells what a caller may publish
	 * @param codec reads events
	 */
	public PublishTopic(EventIntake intake, EventAccess access, CloudEvents codec) {
		this.intake = intake;
		this.access = access;
		this.codec = codec;
	}

	@Override
	public Set<String> actions() {
		return Set.of("publish");
	}

	@Override
	public Conversation open(SocketConnection connection) {
		return (message) -> publish(connection, message);
	}

	private void publish(SocketConnection connection, ClientMessage message) {
		connection.require(Scope.PUBLISH);
		this.access.admit(connection.caller());
		message.allow("event");
		Event<byte @Nullable []> event = this.codec.decode(message.object("event"));
		this.access.require(connection.caller(), List.of(event));
		this.intake.store(List.of(event));
		connection.send(ServerMessage.of("published", message.ref())
			.with("id", event.id())
			.with("source", event.source())
			.with("type", event.type())
			.toString());
	}

}
