package dev.busbar.bus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.messaging.DirectWithAttributesChannel;

/**
 * Binds the inputs of the handled streams and keeps what they deliver.
 */
public final class TestInputs implements Bindable {

	public final List<Delivery> received = new CopyOnWriteArrayList<>();

	/** Sees each batch before it is kept. */
	public volatile Consumer<List<Delivery>> handler = (batch) -> {
	};

	private final EventStreams streams;

	public TestInputs(EventStreams streams) {
		this.streams = streams;
	}

	@Override
	public Collection<Binding<Object>> createAndBindInputs(BindingService service) {
		List<Binding<Object>> bindings = new ArrayList<>();
		for (String input : getInputs()) {
			DirectWithAttributesChannel channel = new DirectWithAttributesChannel();
			channel.setComponentName(input);
			channel.subscribe((message) -> {
				List<Delivery> batch = Delivery.unpack(message);
				this.handler.accept(batch);
				this.received.addAll(batch);
			});
			bindings.addAll(service.bindConsumer((Object) channel, input));
		}
		return bindings;
	}

	@Override
	public void unbindInputs(BindingService service) {
		getInputs().forEach(service::unbindConsumers);
	}

	@Override
	public Set<String> getInputs() {
		Set<String> inputs = new LinkedHashSet<>();
		this.streams.all().stream().filter(EventStream::handled).forEach((stream) -> inputs.add(stream.input()));
		return inputs;
	}

}
