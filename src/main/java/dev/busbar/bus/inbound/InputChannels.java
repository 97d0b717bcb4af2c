package dev.busbar.bus.inbound;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.GenericMessage;

/**
 * Binds a channel for each of some receiving bindings. The channels lead straight to who
 * receives: no function catalog, no conversion and no header lies between.
 */
public class InputChannels implements Bindable {

	private static final Message<String> HIDDEN = new GenericMessage<>("a delivery, not shown");

	private final Map<String, MessageHandler> receivers;

	private final Map<String, Integer> busy = new ConcurrentHashMap<>();

	/**
	 * Prepares bindings.
	 * @param receivers what receives the messages, by binding name
	 */
	public InputChannels(Map<String, MessageHandler> receivers) {
		this.receivers = new LinkedHashMap<>(receivers);
	}

	@Override
	public Collection<Binding<Object>> createAndBindInputs(BindingService bindings) {
		List<Binding<Object>> bound = new ArrayList<>();
		this.receivers.forEach((name, receiver) -> {
			DirectChannel channel = new DirectChannel();
			channel.setBeanName(name);
			channel.setComponentName(name);
			channel.subscribe((message) -> hand(name, receiver, message));
			bound.addAll(bind(bindings, channel, name));
		});
		return bound;
	}

	/**
	 * Binds one channel.
	 * @param service makes the bindings
	 * @param channel what receives the messages
	 * @param name the name of the binding
	 * @return the bindings as people see them
	 */
	protected Collection<Binding<Object>> bind(BindingService service, DirectChannel channel, String name) {
		return service.bindConsumer(channel, name);
	}

	@Override
	public void unbindInputs(BindingService bindings) {
		this.receivers.keySet().forEach(bindings::unbindConsumers);
	}

	@Override
	public Set<String> getInputs() {
		return Set.copyOf(this.receivers.keySet());
	}

	/** The receivers by binding name. */
	protected Map<String, MessageHandler> receivers() {
		return this.receivers;
	}

	/**
	 * Hands a delivery on. A failure hides the delivery: Spring Integration would log the
	 * message with all its headers, a sender's secrets among them.
	 */
	private void hand(String name, MessageHandler receiver, Message<?> message) {
		this.busy.merge(name, 1, Integer::sum);
		try {
			receiver.handleMessage(message);
		}
		catch (RuntimeException ex) {
			throw new MessageHandlingException(HIDDEN, "The delivery of '" + name + "' stays with the broker", ex);
		}
		finally {
			this.busy.merge(name, -1, (count, less) -> (count + less > 0) ? count + less : null);
		}
	}

	/** The bindings whose receivers have a delivery in hand now. */
	public Set<String> busy() {
		return new TreeSet<>(this.busy.keySet());
	}

}
