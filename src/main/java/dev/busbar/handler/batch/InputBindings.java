package dev.busbar.handler.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.MessageHandler;

/**
 * Binds a channel for each stream that is handled here. The channels lead straight to the
 * handlers: no function catalog, no conversion and no header lies between.
 */
public final class InputBindings implements Bindable {

	private final Map<String, MessageHandler> handlers;

	/**
	 * Prepares bindings.
	 * @param handlers what receives the messages, by binding name
	 */
	InputBindings(Map<String, MessageHandler> handlers) {
		this.handlers = new LinkedHashMap<>(handlers);
	}

	@Override
	public Collection<Binding<Object>> createAndBindInputs(BindingService bindings) {
		List<Binding<Object>> bound = new ArrayList<>();
		this.handlers.forEach((name, handler) -> {
			DirectChannel channel = new DirectChannel();
			channel.setBeanName(name);
			channel.setComponentName(name);
			channel.subscribe(handler);
			bound.addAll(bindings.<Object>bindConsumer(channel, name));
		});
		return bound;
	}

	@Override
	public void unbindInputs(BindingService bindings) {
		this.handlers.keySet().forEach(bindings::unbindConsumers);
	}

	@Override
	public Set<String> getInputs() {
		return Set.copyOf(this.handlers.keySet());
	}

}
