package dev.busbar.handler.result;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.event.Event;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventTypes;
import dev.busbar.event.ResultIds;
import dev.busbar.event.format.Uris;
import dev.busbar.handler.incoming.HandlerFailedException;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.outbox.result.Outbox.Result;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what a handler returns.
 */
public final class Results {

	private final String group;

	private final EventTypes types;

	private final Clock clock;

	/**
	 * Creates the maker of results.
	 * @param group the consumer group, which is the results' source
	 * @param types encodes data
	 * @param clock tells the results' time
	 */
	public Results(String group, EventTypes types, Clock clock) {
		this.group = group;
		this.types = types;
		this.clock = clock;
	}

	/** Whether this version of the application knows an event type. */
	public boolean knows(String type) {
		return this.types.byName(type).isPresent();
	}

	/**
	 * The results of one call.
	 * @param handler the handler that was called
	 * @param cause the event it was called with, the last one of a list
	 * @param returned what it returned
	 * @return the results, whose ids are the same on every try
	 * @throws HandlerFailedException if it returned something that its signature does not
	 * declare
	 */
	public List<Result> of(HandlerFunction handler, Event<Object> cause, List<Object> returned) {
		List<Result> results = new ArrayList<>(returned.size());
		for (Object value : returned) {
			results.add(new Result(this.group, cause, event(handler, cause, value, results.size())));
		}
		return results;
	}

	private Event<byte @Nullable []> event(HandlerFunction handler, Event<Object> cause, Object value, int position) {
		Event<?> envelope = (value instanceof Event<?> given) ? given : null;
		Object data = (envelope != null) ? envelope.data() : value;
		EventDefinition type = definition(handler, data);
		String key = (envelope != null && envelope.key() != null) ? envelope.key() : this.types.keyOf(data);
		String correlation = (cause.correlationId() != null) ? cause.correlationId() : cause.id();
		return new Event<>(ResultIds.of(cause.source(), cause.id(), cause.type(), position), Uris.path(this.group),
				type.name(), (envelope != null) ? envelope.subject() : null, this.clock.instant(),
				(key != null) ? key : cause.key(), correlation, cause.id(), "application/json", null,
				(envelope != null) ? envelope.extensions() : traceOf(cause), this.types.encode(data));
	}

	private static Map<String, String> traceOf(Event<?> cause) {
		String trace = cause.extensions().get("traceparent");
		return (trace != null) ? Map.of("traceparent", trace) : Map.of();
	}

	private EventDefinition definition(HandlerFunction handler, @Nullable Object data) {
		Set<Class<?>> allowed = Set.copyOf(handler.bean().output().dataClasses());
		if (data == null || !allowed.contains(data.getClass())) {
			throw new HandlerFailedException(handler.name(),
					new IllegalStateException("it returned %s; its signature declares %s"
						.formatted((data != null) ? data.getClass() : null, allowed)));
		}
		return this.types.byClass(data.getClass()).orElseThrow();
	}

}
