package dev.busbar.handler.incoming;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.event.Event;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.scan.EventSide;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.FunctionKind;
import org.jspecify.annotations.Nullable;

/**
 * A handler's bean, ready to be called with events; or a remote handler, which is not
 * called, but has events left to it.
 *
 * @param bean what its signature says
 * @param target gives the bean
 * @param ownTransaction whether each event has a transaction of its own
 * @param retry how its events are tried again
 * @param remote whether it is a remote handler
 */
public record HandlerFunction(FunctionBean bean, Supplier<Object> target, boolean ownTransaction, RetryPolicy retry,
		boolean remote) {

	/**
	 * A handler that is a bean.
	 * @param bean what its signature says
	 * @param target gives the bean
	 * @param ownTransaction whether each event has a transaction of its own
	 * @param retry how its events are tried again
	 */
	public HandlerFunction(FunctionBean bean, Supplier<Object> target, boolean ownTransaction, RetryPolicy retry) {
		this(bean, target, ownTransaction, retry, false);
	}

	/**
	 * A remote handler.
	 * @param name its name
	 * @param retry how its events are tried again
	 */
	public static HandlerFunction remote(String name, RetryPolicy retry) {
		return new HandlerFunction(new FunctionBean(name, FunctionKind.FUNCTION, EventSide.NONE, EventSide.NONE),
				() -> {
					throw new IllegalStateException("A remote handler has no bean");
				}, false, retry, true);
	}

	/** The name of the bean. */
	public String name() {
		return this.bean.name();
	}

	/** Whether it takes a list of events in one call. */
	public boolean takesMany() {
		return this.bean.input().many();
	}

	/**
	 * Calls the handler with one event, or with a list if it takes many.
	 * @param events the events; exactly one unless the handler takes many
	 * @return what it returned, without nulls and empty optionals
	 * @throws HandlerFailedException if it throws
	 */
	public List<Object> call(List<Event<Object>> events) {
		List<Object> arguments = new ArrayList<>(events.size());
		for (Event<Object> event : events) {
			arguments.add(this.bean.input().envelope() ? event : event.data());
		}
		Object argument = takesMany() ? Collections.unmodifiableList(arguments) : arguments.get(0);
		try {
			return flatten(invoke(argument));
		}
		catch (Throwable ex) {
			throw new HandlerFailedException(name(), ex);
		}
	}

	@SuppressWarnings("unchecked")
	private @Nullable Object invoke(Object argument) {
		Object function = this.target.get();
		if (function instanceof Function) {
			return ((Function<Object, @Nullable Object>) function).apply(argument);
		}
		((Consumer<Object>) function).accept(argument);
		return null;
	}

	/** The values in what a function returned: none, one or many. */
	public static List<Object> flatten(@Nullable Object returned) {
		if (returned == null) {
			return List.of();
		}
		if (returned instanceof Optional<?> optional) {
			return flatten(optional.orElse(null));
		}
		if (returned instanceof Iterable<?> many) {
			List<Object> values = new ArrayList<>();
			for (Object value : many) {
				if (value != null) {
					values.add(value);
				}
			}
			return values;
		}
		return List.of(returned);
	}

}
