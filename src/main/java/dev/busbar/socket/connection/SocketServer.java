package dev.busbar.socket.connection;

import java.nio.ByteBuffer;
import java.util.List;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket as the server knows it, from the handshake on.
 */
public final class SocketServer extends Endpoint {

	private static final Logger logger = LoggerFactory.getLogger(SocketServer.class);

	/** As long as a ping or a close may wait for the network. */
	private static final long BLOCKING_MILLIS = 1000;

	private final Connections connections;

	private final Handshake handshake;

	private volatile @Nullable SocketConnection connection;

	private SocketServer(Connections connections, Handshake handshake) {
		this.connections = connections;
		this.handshake = handshake;
	}

	/**
	 * How a WebSocket is opened: without extensions, so that nothing is unpacked.
	 * @param connections takes it
	 * @param handshake who opens it
	 * @param path where
	 * @return for one WebSocket
	 */
	public static ServerEndpointConfig opening(Connections connections, Handshake handshake, String path) {
		return ServerEndpointConfig.Builder.create(SocketServer.class, path)
			.configurator(new ServerEndpointConfig.Configurator() {

				@Override
				public <T> T getEndpointInstance(Class<T> endpoint) {
					return endpoint.cast(new SocketServer(connections, handshake));
				}

				@Override
				public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
					return List.of();
				}

			})
			.build();
	}

	@Override
	public void onOpen(Session session, EndpointConfig config) {
		SocketLimits limits = this.connections.limits();
		session.setMaxTextMessageBufferSize(limits.maxMessage());
		session.setMaxIdleTimeout(0);
		session.getAsyncRemote().setSendTimeout(2 * limits.writeTimeout().toMillis());
		session.getUserProperties().put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", BLOCKING_MILLIS);
		SocketConnection opened = this.connections.opened(this.handshake, session);
		this.connection = opened;
		session.addMessageHandler(String.class, (MessageHandler.Whole<String>) opened::receive);
		session.addMessageHandler(ByteBuffer.class,
				(MessageHandler.Partial<ByteBuffer>) (bytes, last) -> opened.close(CloseReasons.NO_TEXT));
		session.addMessageHandler(PongMessage.class, (MessageHandler.Whole<PongMessage>) (pong) -> opened.heard());
	}

	@Override
	public void onClose(Session session, CloseReason reason) {
		ended();
	}

	@Override
	public void onError(Session session, Throwable failure) {
		logger.debug("A WebSocket failed", failure);
		ended();
	}

	private void ended() {
		SocketConnection known = this.connection;
		if (known != null) {
			known.ended();
		}
	}

}
