package dev.busbar.handler;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.busbar.event.EventTypes;

/**
 * The handlers and producers that were found among the application's beans, and the event
 * types they use. Immutable.
 */
public interface HandlerRegistry {

	/** The consumer group: the application's name. */
	String group();

	/** All event types of the application. */
	EventTypes types();

	/** All handlers in the order of their names. */
	List<Handler> handlers();

	/** All producers in the order of their bean names. */
	List<Producer> producers();

	/** The one handler of an event type, empty if this application has none. */
	Optional<Handler> handlerOf(String type);

	/**
	 * A function bean that handles events, or a remote handler.
	 *
	 * @param bean the name of the bean, or of the remote handler
	 * @param handles the names of the types that it handles
	 * @param results the names of the types that it may return
	 * @param batch whether it takes a list of events in one call
	 * @param remote whether it is a client of {@code /ws}
	 */
	record Handler(String bean, Set<String> handles, Set<String> results, boolean batch, boolean remote) {

	}

	/**
	 * A supplier bean that produces events.
	 *
	 * @param bean the name of the bean
	 * @param produces the names of the types that it may return
	 * @param schedule when it is asked, as configured
	 */
	record Producer(String bean, Set<String> produces, String schedule) {

	}

}
