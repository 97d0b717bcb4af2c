package dev.busbar.bus.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.busbar.bus.BrokerWatch;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.BindingCreatedEvent;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/**
 * Makes all bindings of the application, Busbar's and the user's, once the broker can be
 * reached: at start if it is there, else when the watch finds it. A bindable that fails
 * half-way is undone and tried again.
 */
final class DeferredBindings {

	private final BrokerWatch watch;

	private final BindingService service;

	private final ApplicationContext context;

	private final List<Binding<?>> attempt = new ArrayList<>();

	private final List<Side> requested = new ArrayList<>();

	DeferredBindings(BrokerWatch watch, BindingService service, ApplicationContext context) {
		this.watch = watch;
		this.service = service;
		this.context = context;
		watch.binder(this::bindRequested);
	}

	/** Collects what a failing attempt leaves behind. */
	@EventListener
	void created(BindingCreatedEvent event) {
		if (event.getSource() instanceof Binding<?> binding && Thread.holdsLock(this)) {
			this.attempt.add(binding);
		}
	}

	/** Binds one side now if the broker can be reached, or later. */
	synchronized void start(Side side) {
		this.requested.add(side);
		if (!this.watch.reachable()) {
			return;
		}
		try {
			bindRequested();
		}
		catch (RuntimeException ex) {
			if (this.watch.recheck()) {
				throw ex;
			}
		}
	}

	synchronized void stop(Side side) {
		this.requested.remove(side);
		for (Bindable bindable : side.bound) {
			side.unbind(bindable, this.service);
		}
		side.bound.clear();
		side.bindings().clear();
	}

	private synchronized void bindRequested() {
		for (Side side : this.requested) {
			List<Bindable> bindables = new ArrayList<>(this.context.getBeansOfType(Bindable.class).values());
			AnnotationAwareOrderComparator.sort(bindables);
			for (Bindable bindable : bindables) {
				if (!side.bound.contains(bindable)) {
					bind(side, bindable);
				}
			}
		}
	}

	private void bind(Side side, Bindable bindable) {
		this.attempt.clear();
		try {
			Collection<Binding<Object>> bindings = side.bind(bindable, this.service);
			side.bound.add(bindable);
			side.bindings().addAll(bindings);
		}
		catch (RuntimeException ex) {
			undo(side, bindable);
			throw ex;
		}
		finally {
			this.attempt.clear();
		}
	}

	private void undo(Side side, Bindable bindable) {
		side.unbindPartly(bindable, this.service);
		for (Binding<?> orphan : this.attempt) {
			try {
				orphan.stop();
				orphan.unbind();
			}
			catch (RuntimeException ex) {
				// the broker is away: there is nothing left to release
			}
		}
	}

	/**
	 * The receiving or the sending bindings.
	 */
	abstract static class Side {

		final Set<Bindable> bound = new LinkedHashSet<>();

		abstract Collection<Binding<Object>> bind(Bindable bindable, BindingService service);

		abstract void unbind(Bindable bindable, BindingService service);

		abstract void unbindPartly(Bindable bindable, BindingService service);

		/** What {@code /actuator/bindings} shows. */
		abstract Collection<Binding<Object>> bindings();

	}

}
