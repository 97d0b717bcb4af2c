package dev.busbar.bus.rabbit;

import java.util.Collection;
import java.util.List;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.BeanUtils;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitConsumerProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitExtendedBindingProperties;
import org.springframework.cloud.stream.binder.rabbit.provisioning.RabbitExchangeQueueProvisioner;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.config.BindingServiceProperties;
import org.springframework.core.Ordered;

/**
 * Declares the queues of receiving bindings. The one of the feed on each stream is there
 * before anything is published, as the binder declares it when it binds the feed's
 * consumer, which comes later. The binder's own way, a required group of the sending
 * binding, knows only a queue per partition.
 */
final class FeedQueues implements Bindable, Ordered {

	private final EventStreams streams;

	private final ConnectionFactory connections;

	private final BindingServiceProperties bindings;

	private final RabbitExtendedBindingProperties extended;

	FeedQueues(EventStreams streams, ConnectionFactory connections, BindingServiceProperties bindings,
			RabbitExtendedBindingProperties extended) {
		this.streams = streams;
		this.connections = connections;
		this.bindings = bindings;
		this.extended = extended;
	}

	@Override
	public Collection<Binding<Object>> createAndBindOutputs(BindingService service) {
		List<EventStream> fed = this.streams.all().stream().filter(EventStream::fed).toList();
		if (!fed.isEmpty()) {
			RabbitExchangeQueueProvisioner provisioner = new RabbitExchangeQueueProvisioner(this.connections);
			fed.forEach((stream) -> declare(provisioner, stream.feed()));
		}
		return List.of();
	}

	/** Declares the exchange, the queues and the bindings of a receiving binding. */
	void declare(String binding) {
		declare(new RabbitExchangeQueueProvisioner(this.connections), binding);
	}

	private void declare(RabbitExchangeQueueProvisioner provisioner, String binding) {
		ExtendedConsumerProperties<RabbitConsumerProperties> properties = properties(binding);
		int queues = properties.isPartitioned() ? properties.getInstanceCount() : 1;
		properties.setInstanceIndexList(List.of());
		for (int index = 0; index < queues; index++) {
			properties.setInstanceIndex(index);
			provisioner.provisionConsumerDestination(this.bindings.getBindingDestination(binding),
					this.bindings.getGroup(binding), properties);
		}
	}

	private ExtendedConsumerProperties<RabbitConsumerProperties> properties(String binding) {
		ExtendedConsumerProperties<RabbitConsumerProperties> properties = new ExtendedConsumerProperties<>(
				this.extended.getExtendedConsumerProperties(binding));
		BeanUtils.copyProperties(this.bindings.getConsumerProperties(binding), properties);
		return properties;
	}

	/** Before the outputs. */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
