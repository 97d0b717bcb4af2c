package dev.busbar.bus.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.binding.InputBindingLifecycle;

/**
 * Takes the place of Stream's lifecycle of the receiving bindings.
 */
final class DeferredInputs extends InputBindingLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DeferredInputs.class);

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
			stopTogether();
			this.deferred.stop(this.inputs);
		}
	}

	/**
	 * Each binding waits some seconds for its handlers; one after the other, those that
	 * hang would hold the process for their number times as long.
	 */
	private void stopTogether() {
		List<Thread> stopping = new ArrayList<>();
		for (Binding<?> binding : List.copyOf(this.inputs.bindings())) {
			Thread thread = new Thread(() -> stop(binding), "stop-" + binding.getBindingName());
			thread.setDaemon(true);
			thread.start();
			stopping.add(thread);
		}
		for (Thread thread : stopping) {
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
		}
	}

	private static void stop(Binding<?> binding) {
		try {
			binding.stop();
		}
		catch (RuntimeException ex) {
			logger.debug("The binding {} is stopped once more when it is unbound", binding.getBindingName(), ex);
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
