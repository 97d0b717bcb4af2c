package dev.busbar.handler.batch;

import java.util.Collection;
import java.util.Map;

import dev.busbar.bus.inbound.InputChannels;
import dev.busbar.handler.assignment.PartitionAssignment;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.MessageHandler;

/**
 * Binds a channel for each stream that is handled here.
 */
public final class InputBindings extends InputChannels {

	private final @Nullable PartitionAssignment assignment;

	/**
	 * Prepares bindings.
	 * @param handlers what receives the messages, by binding name
	 */
	InputBindings(Map<String, MessageHandler> handlers) {
		this(handlers, null);
	}

	private InputBindings(Map<String, MessageHandler> handlers, @Nullable PartitionAssignment assignment) {
		super(handlers);
		this.assignment = assignment;
	}

	/**
	 * The same bindings, their partitions divided among the instances.
	 * @param sharing divides them
	 * @return bindings that are not bound yet
	 */
	public InputBindings dividedBy(PartitionAssignment sharing) {
		return new InputBindings(receivers(), sharing);
	}

	@Override
	public Collection<Binding<Object>> createAndBindInputs(BindingService bindings) {
		Collection<Binding<Object>> bound = super.createAndBindInputs(bindings);
		if (this.assignment != null) {
			this.assignment.start();
		}
		return bound;
	}

	@Override
	protected Collection<Binding<Object>> bind(BindingService service, DirectChannel channel, String name) {
		return (this.assignment != null) ? this.assignment.bind(service, channel, name)
				: super.bind(service, channel, name);
	}

	@Override
	public void unbindInputs(BindingService bindings) {
		if (this.assignment != null) {
			this.assignment.stop();
		}
		super.unbindInputs(bindings);
		if (this.assignment != null) {
			this.assignment.quit();
		}
	}

}
