package dev.busbar.bus.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.messaging.DirectWithAttributesChannel;
import org.springframework.core.Ordered;
import org.springframework.messaging.MessageChannel;

/**
 * Binds one output per stream. The channels are our own and carry no interceptor, so that
 * nothing converts or routes what is sent.
 */
final class StreamOutputs implements Bindable, Ordered {

	private final EventStreams streams;

	private final BeanFactory beans;

	private final Map<String, MessageChannel> channels = new ConcurrentHashMap<>();

	StreamOutputs(EventStreams streams, BeanFactory beans) {
		this.streams = streams;
		this.beans = beans;
	}

	/** The channel to a stream's destination, null while it is not bound. */
	@Nullable MessageChannel channel(EventStream stream) {
		return this.channels.get(stream.output());
	}

	@Override
	public Collection<Binding<Object>> createAndBindOutputs(BindingService service) {
		List<Binding<Object>> bindings = new ArrayList<>();
		for (String output : getOutputs()) {
			DirectWithAttributesChannel channel = new DirectWithAttributesChannel();
			channel.setComponentName(output);
			channel.setBeanFactory(this.beans);
			channel.afterPropertiesSet();
			bindings.add(service.bindProducer((Object) channel, output));
			this.channels.put(output, channel);
		}
		return bindings;
	}

	@Override
	public void unbindOutputs(BindingService service) {
		this.channels.clear();
		getOutputs().forEach(service::unbindProducers);
	}

	@Override
	public Set<String> getOutputs() {
		Set<String> outputs = new LinkedHashSet<>();
		this.streams.all().forEach((stream) -> outputs.add(stream.output()));
		return outputs;
	}

	/** Before the bindables without an order, so that others can act right after it. */
	@Override
	public int getOrder() {
		return 0;
	}

}
