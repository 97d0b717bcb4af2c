package dev.busbar.socket;

import java.time.Duration;

import dev.busbar.socket.connection.SocketLimits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * The WebSocket edge.
 *
 * @param enabled Whether there is one, at /ws.
 * @param maxConnections How many WebSockets may be open on this instance.
 * @param maxMessage The largest message of a client.
 * @param messagesPerSecond How many messages a connection may send in a second, and at
 * once.
 * @param maxSubscriptions How many subscriptions a connection may have.
 * @param buffer How much may wait to be sent to a connection before it is cut off.
 * @param writeTimeout How long a connection may take for one message before it is cut
 * off.
 * @param pingInterval How often a connection is asked for a sign of life that has taken
 * all it was sent; after three times without one it is closed.
 */
@ConfigurationProperties("busbar.socket")
public record SocketProperties(@DefaultValue("true") boolean enabled, @DefaultValue("1000") int maxConnections,
		@DefaultValue("64KB") DataSize maxMessage, @DefaultValue("1000") int messagesPerSecond,
		@DefaultValue("16") int maxSubscriptions, @DefaultValue("4MB") DataSize buffer,
		@DefaultValue("20s") Duration writeTimeout, @DefaultValue("20s") Duration pingInterval) {

	public SocketProperties {
		atLeastOne(maxConnections, "max-connections");
		atLeastOne(messagesPerSecond, "messages-per-second");
		atLeastOne(maxSubscriptions, "max-subscriptions");
		size(maxMessage, "max-message");
		size(buffer, "buffer");
		positive(writeTimeout, "write-timeout");
		positive(pingInterval, "ping-interval");
	}

	SocketLimits limits() {
		return new SocketLimits(this.maxConnections, (int) this.maxMessage.toBytes(), this.messagesPerSecond,
				(int) this.buffer.toBytes(), this.writeTimeout, this.pingInterval);
	}

	private static void atLeastOne(int value, String name) {
		Assert.isTrue(value >= 1, () -> "busbar.socket.%s must be 1 or more, not %d".formatted(name, value));
	}

	private static void size(DataSize value, String name) {
		Assert.isTrue(value.toBytes() >= 1024 && value.toMegabytes() <= 64,
				() -> "busbar.socket.%s is %s: set a size from 1KB to 64MB".formatted(name, value));
	}

	private static void positive(Duration value, String name) {
		Assert.isTrue(value.toMillis() >= 1,
				() -> "busbar.socket.%s is %s: set a positive duration such as 20s".formatted(name, value));
	}

}
