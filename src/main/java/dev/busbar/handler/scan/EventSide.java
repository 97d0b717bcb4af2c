package dev.busbar.handler.scan;

import java.util.List;

/**
 * What one side of a function says about events: its input or its output.
 *
 * @param dataClasses the classes of the events' data, none if the side carries no events
 * @param many whether it is a list of events
 * @param envelope whether it is an {@code Event} rather than the data alone
 */
public record EventSide(List<Class<?>> dataClasses, boolean many, boolean envelope) {

	/** A side that carries no events. */
	public static final EventSide NONE = new EventSide(List.of(), false, false);

	public EventSide {
		dataClasses = List.copyOf(dataClasses);
	}

}
