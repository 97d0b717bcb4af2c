package dev.busbar.bus.rabbit.publish;

/**
 * Where the events of a stream go.
 *
 * @param exchange the exchange, empty for the default one
 * @param routingKey the routing key, or its stem if the stream is partitioned
 * @param partitioned whether the routing key ends in {@code -<partition>}
 * @param required whether an event that reaches no queue is refused
 * @param persistent whether queues write the events to disk
 */
record RabbitRoute(String exchange, String routingKey, boolean partitioned, boolean required, boolean persistent) {

	String routingKey(int partition) {
		return this.partitioned ? this.routingKey + "-" + partition : this.routingKey;
	}

}
