package dev.busbar.bus.rabbit;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * What Busbar adds to the settings of RabbitMQ.
 *
 * @param publishTimeout how long a batch of events waits for the broker's confirmation
 * @param consumerTimeout how long the broker lets a consumer hold a message: its own
 * {@code consumer_timeout}, which it does not tell
 * @param quorumQueues whether the queues of handled streams are quorum queues. A queue
 * keeps the type with which it was declared first.
 * @param maxFetched how many bytes of messages all consumers together hold that are not
 * handled yet; by default an eighth of the heap
 * @param streams exceptions for single streams, by the name of the stream
 */
@ConfigurationProperties("busbar.rabbit")
public record RabbitBusProperties(@DefaultValue("5s") Duration publishTimeout,
		@DefaultValue("30m") Duration consumerTimeout, @DefaultValue("false") boolean quorumQueues,
		@Nullable DataSize maxFetched, @DefaultValue Map<String, Destination> streams) {

	static final String CONSUMER_TIMEOUT = "busbar.rabbit.consumer-timeout";

	public RabbitBusProperties {
		Assert.isTrue(consumerTimeout.toSeconds() >= 1,
				CONSUMER_TIMEOUT + " must be 1 s or more, not " + consumerTimeout + ": say what the broker has");
		Assert.isTrue(maxFetched == null || maxFetched.toBytes() >= 1,
				"busbar.rabbit.max-fetched must be positive, not " + maxFetched);
	}

	/** The bytes of {@code maxFetched}, or of what it is by default. */
	long fetchedBytes() {
		return (this.maxFetched != null) ? this.maxFetched.toBytes() : Runtime.getRuntime().maxMemory() / 8;
	}

	/**
	 * Where the events of one stream are sent, other than to the exchange of its binding.
	 *
	 * @param exchange the exchange; empty means the default exchange, whose routing key
	 * is the name of a queue
	 * @param routingKey the routing key of each event
	 * @param declare whether exchange and queues of the bindings are declared
	 */
	public record Destination(@Nullable String exchange, @Nullable String routingKey,
			@DefaultValue("true") boolean declare) {

		/** Whether the events pass the exchange of the stream's binding by. */
		public boolean isElsewhere() {
			return this.exchange != null || this.routingKey != null;
		}

	}

}
