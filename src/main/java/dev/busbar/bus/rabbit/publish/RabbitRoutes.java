package dev.busbar.bus.rabbit.publish;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.rabbit.RabbitBusProperties;
import dev.busbar.bus.rabbit.RabbitBusProperties.Destination;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.cloud.stream.binder.ProducerProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitExtendedBindingProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitProducerProperties;
import org.springframework.cloud.stream.config.BindingServiceProperties;
import org.springframework.expression.Expression;
import org.springframework.messaging.support.GenericMessage;

/**
 * Derives the route of each stream once, from the properties that its sending binding
 * really has, so that events go where Spring Cloud Stream declared exchange and queues.
 */
class RabbitRoutes {

	private final Map<EventStream, RabbitRoute> routes = new ConcurrentHashMap<>();

	private final BindingServiceProperties bindings;

	private final RabbitExtendedBindingProperties extended;

	private final RabbitBusProperties properties;

	RabbitRoutes(BindingServiceProperties bindings, RabbitExtendedBindingProperties extended,
			RabbitBusProperties properties) {
		this.bindings = bindings;
		this.extended = extended;
		this.properties = properties;
	}

	RabbitRoute of(EventStream stream) {
		return this.routes.computeIfAbsent(stream, this::derive);
	}

	private RabbitRoute derive(EventStream stream) {
		ProducerProperties producer = this.bindings.getProducerProperties(stream.output());
		RabbitProducerProperties rabbit = this.extended.getExtendedProducerProperties(stream.output());
		boolean persistent = rabbit.getDeliveryMode() != MessageDeliveryMode.NON_PERSISTENT;
		Destination own = this.properties.streams().get(stream.name());
		if (own != null && own.isElsewhere()) {
			return explicit(stream, own, persistent);
		}
		String destination = this.bindings.getBindingDestination(stream.output());
		boolean required = stream.handled() || producer.getRequiredGroups().length > 0;
		return new RabbitRoute(rabbit.getPrefix() + destination, key(rabbit.getRoutingKeyExpression(), destination),
				producer.isPartitioned(), required, persistent);
	}

	private static RabbitRoute explicit(EventStream stream, Destination own, boolean persistent) {
		String exchange = (own.exchange() != null) ? own.exchange() : "";
		String key = (own.routingKey() != null) ? own.routingKey() : stream.name();
		return new RabbitRoute(exchange, key, false, stream.handled() || exchange.isEmpty(), persistent);
	}

	/** Nothing of an event may choose its route, so the expression sees no message. */
	private static String key(@Nullable Expression expression, String destination) {
		if (expression == null) {
			return destination;
		}
		try {
			String key = expression.getValue(new GenericMessage<>(""), String.class);
			return (key != null) ? key : "";
		}
		catch (RuntimeException ex) {
			throw new IllegalStateException(
					"the routing-key-expression '" + expression.getExpressionString()
							+ "' cannot be evaluated without a message; use a constant in quotes, such as \"'hello'\"",
					ex);
		}
	}

}
