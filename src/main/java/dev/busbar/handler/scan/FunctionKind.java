package dev.busbar.handler.scan;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The three kinds of function beans.
 */
public enum FunctionKind {

	/** Takes events and returns results. */
	FUNCTION(Function.class),

	/** Takes events. */
	CONSUMER(Consumer.class),

	/** Returns events when it is asked. */
	SUPPLIER(Supplier.class);

	private final Class<?> type;

	FunctionKind(Class<?> type) {
		this.type = type;
	}

	/** The functional interface. */
	public Class<?> type() {
		return this.type;
	}

}
