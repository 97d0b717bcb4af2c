package dev.busbar.handler.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.handler.assignment.PartitionAssignment;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.GenericMessage;

/**
 * Binds a channel for each stream that is handled here. The channels lead straight to the
 * handlers: no function catalog, no conversion and no header lies between.
 */
public final class InputBindings implements Bindable {

	private static final Message<String> HIDDEN = new GenericMessage<>("a delivery, not shown");

	private final Map<String, MessageHandler> handlers;

	private final @Nullable PartitionAssignment assignment;

	private final Map<String, Integer> busy = new ConcurrentHashMap<>();

	/**
	 * Prepares bindings.
	 * @param handlers what receives the messages, by binding name
	 */
	InputBindings(Map<String, MessageHandler> handlers) {
		this(handlers, null);
	}

	private InputBindings(Map<String, MessageHandler> handlers, @Nullable PartitionAssignment assignment) {
		this.handlers = new LinkedHashMap<>(handlers);
		this.assignment = assignment;
	}

	/**
	 * The same bindings, their partitions divided among the instances.
	 * @param sharing divides them
	 * @return bindings that are not bound yet
	 */
	public InputBindings dividedBy(PartitionAssignment sharing) {
		return new InputBindings(this.handlers, sharing);
	}

	@Override
	public Collection<Binding<Object>> createAndBindInputs(BindingService bindings) {
		List<Binding<Object>> bound = new ArrayList<>();
		this.handlers.forEach((name, handler) -> {
			DirectChannel channel = new DirectChannel();
			channel.setBeanName(name);
			channel.setComponentName(name);
			channel.subscribe((message) -> hand(name, handler, message));
			bound.addAll((this.assignment != null) ? this.assignment.bind(bindings, channel, name)
					: bindings.<Object>bindConsumer(channel, name));
		});
		if (this.assignment != null) {
			this.assignment.start();
		}
		return bound;
	}

	@Override
	public void unbindInputs(BindingService bindings) {
		if (this.assignment != null) {
			this.assignment.stop();
		}
		this.handlers.keySet().forEach(bindings::unbindConsumers);
		if (this.assignment != null) {
			this.assignment.quit();
		}
	}

	@Override
	public Set<String> getInputs() {
		return Set.copyOf(this.handlers.keySet());
	}

	/**
	 * Hands a delivery to its handling. Its failure hides the delivery: Spring
	 * Integration would log the message with all its headers, a sender's secrets among
	 * them.
	 */
	private void hand(String name, MessageHandler handler, Message<?> message) {
		this.busy.merge(name, 1, Integer::sum);
		try {
			handler.handleMessage(message);
		}
		catch (RuntimeException ex) {
			throw new MessageHandlingException(HIDDEN, "The delivery of '" + name + "' stays with the broker", ex);
		}
		finally {
			this.busy.merge(name, -1, (count, less) -> (count + less > 0) ? count + less : null);
		}
	}

	/** The bindings whose handlers have a delivery in hand now. */
	Set<String> busy() {
		return new TreeSet<>(this.busy.keySet());
	}

}
