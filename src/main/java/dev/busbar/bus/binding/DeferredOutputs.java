package dev.busbar.bus.binding;

import java.util.Collection;
import java.util.HashMap;
import java.util.Objects;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.binding.OutputBindingLifecycle;

/**
 * Takes the place of Stream's lifecycle of the sending bindings.
 */
final class DeferredOutputs extends OutputBindingLifecycle {

	private final DeferredBindings deferred;

	private final Outputs outputs = new Outputs();

	private volatile boolean running;

	DeferredOutputs(BindingService service, DeferredBindings deferred) {
		super(service, new HashMap<>());
		this.deferred = deferred;
	}

	@Override
	public void start() {
		if (!this.running) {
			this.running = true;
			this.deferred.start(this.outputs);
		}
	}

	@Override
	public void stop() {
		if (this.running) {
			this.running = false;
			this.deferred.stop(this.outputs);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private final class Outputs extends DeferredBindings.Side {

		@Override
		Collection<Binding<Object>> bind(Bindable bindable, BindingService service) {
			return bindable.createAndBindOutputs(service);
		}

		@Override
		void unbind(Bindable bindable, BindingService service) {
			bindable.unbindOutputs(service);
		}

		@Override
		void unbindPartly(Bindable bindable, BindingService service) {
			for (String output : bindable.getOutputs()) {
				if (service.getProducerBinding(output) != null) {
					service.unbindProducers(output);
				}
			}
		}

		@Override
		@SuppressWarnings("unchecked")
		Collection<Binding<Object>> bindings() {
			Object field = new DirectFieldAccessor(DeferredOutputs.this).getPropertyValue("outputBindings");
			return (Collection<Binding<Object>>) Objects.requireNonNull(field);
		}

	}

}
