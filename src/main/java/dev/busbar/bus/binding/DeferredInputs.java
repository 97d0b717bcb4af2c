package dev.busbar.bus.binding;

import java.util.Collection;
import java.util.HashMap;
import java.util.Objects;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.binding.InputBindingLifecycle;

/**
 * Takes the place of Stream's lifecycle of the receiving bindings.
 */
final class DeferredInputs extends InputBindingLifecycle {

	private final DeferredBindings deferred;

	private final Inputs inputs = new Inputs();

	private volatile boolean running;

	DeferredInputs(BindingService service, DeferredBindings deferred) {
		super(service, new HashMap<>());
		this.deferred = deferred;
	}

	@Override
	public void start() {
		if (!this.running) {
			this.running = true;
			this.deferred.start(this.inputs);
		}
	}

	@Override
	public void stop() {
		if (this.running) {
			this.running = false;
			this.deferred.stop(this.inputs);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private final class Inputs extends DeferredBindings.Side {

		@Override
		Collection<Binding<Object>> bind(Bindable bindable, BindingService service) {
			return bindable.createAndBindInputs(service);
		}

		@Override
		void unbind(Bindable bindable, BindingService service) {
			bindable.unbindInputs(service);
		}

		@Override
		void unbindPartly(Bindable bindable, BindingService service) {
			for (String input : bindable.getInputs()) {
				if (!service.getConsumerBindings(input).isEmpty()) {
					service.unbindConsumers(input);
				}
			}
		}

		@Override
		@SuppressWarnings("unchecked")
		Collection<Binding<Object>> bindings() {
			Object field = new DirectFieldAccessor(DeferredInputs.this).getPropertyValue("inputBindings");
			return (Collection<Binding<Object>>) Objects.requireNonNull(field);
		}

	}

}
