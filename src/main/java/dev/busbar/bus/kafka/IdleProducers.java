package dev.busbar.bus.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.kafka.config.ClientFactoryCustomizer;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.core.Ordered;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Closes the producers that the binder opens for each output to count partitions: events
 * travel through one producer of our own. A binding that is sent to all the same opens
 * its producer again.
 */
final class IdleProducers implements ClientFactoryCustomizer, Bindable, Ordered {

	private final Queue<ProducerFactory<?, ?>> opened = new ConcurrentLinkedQueue<>();

	@Override
	public void configure(ProducerFactory<?, ?> factory) {
		this.opened.add(factory);
	}

	@Override
	public Collection<Binding<Object>> createAndBindOutputs(BindingService service) {
		for (ProducerFactory<?, ?> factory = this.opened.poll(); factory != null; factory = this.opened.poll()) {
			factory.reset();
		}
		return List.of();
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
