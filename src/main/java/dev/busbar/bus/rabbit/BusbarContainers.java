package dev.busbar.bus.rabbit;

import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.rabbit.fetch.FetchLimit;
import dev.busbar.bus.rabbit.fetch.Gathering;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.batch.BatchingStrategy;
import org.springframework.amqp.rabbit.batch.MessageBatch;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ConditionalRejectingErrorHandler;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.stream.binder.ConsumerProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitConsumerProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitExtendedBindingProperties;
import org.springframework.cloud.stream.config.BindingServiceProperties;
import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.util.ErrorHandler;

/**
 * Makes the containers of Busbar's own queues prompt, and deaf to what a message's
 * headers would have them do. Containers of other bindings stay as they are.
 */
@SuppressWarnings("removal") // the binder's customizer has this type
class BusbarContainers implements ListenerContainerCustomizer<MessageListenerContainer> {

	/** As long as the other brokers' bindings wait for a handler when they stop. */
	private static final long SHUTDOWN_MILLIS = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(BusbarContainers.class);

	private static final ErrorHandler STOCK = new ConditionalRejectingErrorHandler();

	private final ObjectProvider<EventStreams> streams;

	private final BindingServiceProperties bindings;

	private final RabbitExtendedBindingProperties extended;

	private final PartitionExchanges exchanges;

	private final ObjectProvider<FeedQueues> declarations;

	private final OwnQueues own;

	private final FetchLimit limit;

	BusbarContainers(ObjectProvider<EventStreams> streams, BindingServiceProperties bindings,
			RabbitExtendedBindingProperties extended, PartitionExchanges exchanges,
			ObjectProvider<FeedQueues> declarations, OwnQueues own, FetchLimit limit) {
		this.limit = limit;
		this.declarations = declarations;
		this.own = own;
		this.streams = streams;
		this.bindings = bindings;
		this.extended = extended;
		this.exchanges = exchanges;
	}

	@Override
	public void configure(MessageListenerContainer container, String destination, String group) {
		if (!(container instanceof AbstractMessageListenerContainer ours)) {
			return;
		}
		List<String> queues = Arrays.asList(ours.getQueueNames());
		List<EventStream> all = this.streams.stream().flatMap((known) -> known.all().stream()).toList();
		EventStream fed = all.stream()
			.filter((stream) -> stream.fed() && receives(stream.feed(), queues))
			.findFirst()
			.orElse(null);
		if (fed != null) {
			secure(ours, fed.feed());
			expect(fed.feed(), queues, () -> declareQueues(fed.feed()));
			return;
		}
		all.stream()
			.filter((stream) -> stream.handled() && receives(stream.input(), queues))
			.findFirst()
			.ifPresent((handled) -> {
				secure(ours, handled.input());
				declare(handled, queues);
				expect(handled.input(), queues, () -> {
					declareQueues(handled.input());
					declare(handled, List.of(groupQueue(handled.input()) + "-0"));
				});
			});
	}

	/** Those that somebody else declares are not looked after. */
	private void expect(String binding, List<String> queues, Runnable declaration) {
		if (this.extended.getExtendedConsumerProperties(binding).isBindQueue()) {
			this.own.expect(queues, declaration);
		}
	}

	private void declareQueues(String binding) {
		this.declarations.ifAvailable((queues) -> queues.declare(binding));
	}

	private boolean receives(String binding, List<String> queues) {
		String base = groupQueue(binding);
		return !queues.isEmpty() && queues.stream()
			.allMatch((queue) -> queue.equals(base)
					|| (queue.startsWith(base) && queue.substring(base.length()).matches("-\\d+")));
	}

	private String groupQueue(String binding) {
		RabbitConsumerProperties rabbit = this.extended.getExtendedConsumerProperties(binding);
		String group = this.bindings.getGroup(binding);
		return rabbit.getPrefix()
				+ (rabbit.isQueueNameGroupOnly() ? group : this.bindings.getBindingDestination(binding) + "." + group);
	}

	private void declare(EventStream stream, List<String> queues) {
		ConsumerProperties consumer = this.bindings.getConsumerProperties(stream.input());
		RabbitConsumerProperties rabbit = this.extended.getExtendedConsumerProperties(stream.input());
		String groupQueue = groupQueue(stream.input());
		if (consumer.isPartitioned() && rabbit.isBindQueue() && rabbit.isDeclareExchange()
				&& queues.contains(groupQueue + "-0")) {
			String destination = this.bindings.getBindingDestination(stream.input());
			String key = (rabbit.getBindingRoutingKey() != null) ? rabbit.getBindingRoutingKey() : destination;
			this.exchanges.declare(rabbit.getPrefix() + destination, key, groupQueue, consumer.getInstanceCount());
		}
	}

	private void secure(AbstractMessageListenerContainer container, String binding) {
		container.setMessagePropertiesConverter(new PlainProperties());
		// In place of the stock one: by that any message may name a decompressor
		// (content_encoding), and one that cannot be decompressed stops the binding for
		// good.
		container.setAfterReceivePostProcessors(BusbarContainers::withoutForgedOrigin);
		container.setBatchingStrategy(new WholeMessages());
		// Closes the channel without cancelling first: all that is unacknowledged returns
		// to its place in the queue, before another consumer sees a successor.
		container.setForceStop(true);
		container.setShutdownTimeout(SHUTDOWN_MILLIS);
		container.setErrorHandler(BusbarContainers::tell);
		container.setPossibleAuthenticationFailureFatal(false);
		if (container instanceof SimpleMessageListenerContainer simple) {
			consumeAlone(simple, binding);
			RabbitConsumerProperties rabbit = this.extended.getExtendedConsumerProperties(binding);
			Gathering gathering = Gathering.of(simple, rabbit.getReceiveTimeout());
			simple.setAfterReceivePostProcessors(BusbarContainers::withoutForgedOrigin, gathering);
			String tagPrefix = (rabbit.getConsumerTagPrefix() != null) ? rabbit.getConsumerTagPrefix() + "#"
					: "busbar-";
			simple.setAdviceChain(gathering, new CloseOnFailure(), this.limit.watch(simple, tagPrefix, share(),
					Math.max(rabbit.getPrefetch(), rabbit.getBatchSize()), rabbit.getBatchSize(), gathering));
		}
		else {
			container.setAdviceChain(new CloseOnFailure());
		}
	}

	/** Each partition of each stream that is handled, or fed, has a container. */
	private int share() {
		return this.limit.share(this.streams.stream()
			.flatMap((known) -> known.all().stream())
			.mapToInt((stream) -> stream.partitions() * ((stream.handled() ? 1 : 0) + (stream.fed() ? 1 : 0)))
			.sum());
	}

	/**
	 * Whatever the binding says: a second consumer would wait for the first, or break the
	 * order of keys, and what it fetches is counted for one.
	 */
	private void consumeAlone(SimpleMessageListenerContainer container, String binding) {
		int wanted = Math.max(this.bindings.getConsumerProperties(binding).getConcurrency(),
				this.extended.getExtendedConsumerProperties(binding).getMaxConcurrency());
		if (wanted > 1) {
			logger.warn(
					"{} is read by one consumer, and not by the {} that 'concurrency' or 'max-concurrency' of the "
							+ "binding {} asks for: for more at a time, give its stream more partitions",
					String.join(", ", container.getQueueNames()), wanted, binding);
		}
		container.setConcurrentConsumers(1);
		container.setMaxConcurrentConsumers(1);
	}

	/**
	 * As the stock one does, but that a delivery which is given back on purpose is no
	 * failure.
	 */
	private static void tell(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof HandlingStoppedException) {
				// Without the failure, which tells the headers of the message.
				logger.debug("A delivery is given back, since handling stops");
				return;
			}
		}
		STOCK.handleError(failure);
	}

	/** A header of such a name would replace what the broker says of the message. */
	private static Message withoutForgedOrigin(Message message) {
		message.getMessageProperties().getHeaders().keySet().removeIf((name) -> name.startsWith("amqp_"));
		return message;
	}

	/** A message is one message, whatever its header {@code springBatchFormat} says. */
	private static final class WholeMessages implements BatchingStrategy {

		@Override
		public boolean canDebatch(MessageProperties properties) {
			return false;
		}

		@Override
		public MessageBatch addToBatch(@Nullable String exchange, @Nullable String routingKey, Message message) {
			throw new UnsupportedOperationException("a consumer makes no batches");
		}

		@Override
		public @Nullable Date nextRelease() {
			return null;
		}

		@Override
		public Collection<MessageBatch> releaseBatches() {
			return List.of();
		}

	}

}
