package dev.busbar.bus.rabbit.publish;

import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import org.jspecify.annotations.Nullable;

/**
 * An event as an AMQP message, and what became of it.
 */
record Publication(OutgoingEvent outgoing, RabbitRoute route, String routingKey, BasicProperties properties) {

	/** AMQP's short strings; the headers have the full values. */
	private static final int SHORT_STRING = 255;

	static Publication of(OutgoingEvent outgoing, RabbitRoute route) {
		Event<byte @Nullable []> event = outgoing.event();
		Map<String, Object> headers = new HashMap<>(EventHeaders.write(event, EventHeaders.AMQP_PREFIX));
		BasicProperties properties = new BasicProperties.Builder().messageId(shortString(event.id()))
			.type(shortString(event.type()))
			.contentType((event.dataContentType() != null) ? event.dataContentType() : "application/json")
			.deliveryMode(route.persistent() ? 2 : 1)
			.timestamp((event.time() != null) ? Date.from(event.time()) : null)
			.headers(headers)
			.build();
		return new Publication(outgoing, route, route.routingKey(outgoing.partition()), properties);
	}

	private static @Nullable String shortString(String value) {
		return (value.getBytes(StandardCharsets.UTF_8).length <= SHORT_STRING) ? value : null;
	}

	byte[] body() {
		byte[] data = this.outgoing.event().data();
		return (data != null) ? data : new byte[0];
	}

	/** Equal for messages that the broker returns for the same reason. */
	String token() {
		return PublisherChannel.token(this.properties.getMessageId(), this.route.exchange(), this.routingKey);
	}

	boolean isPending() {
		return !this.outgoing.stored().isDone();
	}

	void stored() {
		this.outgoing.stored().complete(null);
	}

	void returned() {
		if (this.route.required()) {
			rejected("no queue takes what is sent to " + where()
					+ "; bind a queue to it, or start the application that handles the type", null);
		}
		else {
			stored();
		}
	}

	void rejected(String why, @Nullable Throwable cause) {
		this.outgoing.stored()
			.completeExceptionally(new EventRejectedException(
					"RabbitMQ refused an event of type '" + this.outgoing.event().type() + "': " + why, cause));
	}

	void unavailable(String why) {
		this.outgoing.stored()
			.completeExceptionally(new BrokerUnavailableException(
					"RabbitMQ did not confirm an event of type '" + this.outgoing.event().type() + "': " + why, null));
	}

	String where() {
		return (this.route.exchange().isEmpty() ? "the default exchange"
				: "the exchange '" + this.route.exchange() + "'") + " with the routing key '" + this.routingKey + "'";
	}

}
