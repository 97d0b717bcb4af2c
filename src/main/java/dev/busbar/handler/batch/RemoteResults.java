package dev.busbar.handler.batch;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventTypes;
import dev.busbar.event.ResultIds;
import dev.busbar.event.format.Uris;
import dev.busbar.handler.remote.RemoteResult;
import dev.busbar.outbox.result.Outbox.Result;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what a remote handler returns, as it is done for beans.
 */
final class RemoteResults {

	private static final int MAX_KEY = 256;

	private final String group;

	private final EventTypes types;

	private final Clock clock;

	RemoteResults(String group, EventTypes types, Clock clock) {
		this.group = group;
		this.types = types;
		this.clock = clock;
	}

	/**
	 * The results of one event.
	 * @param allowed the types that the handler may return
	 * @param cause the event
	 * @param returned what was returned
	 * @return the results, whose ids are the same on every try
	 * @throws EventFormatException if one is of another type, or its data does not fit
	 */
	List<Result> of(Set<String> allowed, Event<?> cause, List<RemoteResult> returned) {
		List<Result> results = new ArrayList<>(returned.size());
		for (RemoteResult result : returned) {
			if (!allowed.contains(result.type())) {
				throw new EventFormatException("Result " + results.size()
						+ " (from 0) is of a type that this handler may not return; allowed are " + allowed
						+ " (busbar.remote.<name>.results).");
			}
			results.add(new Result(this.group, cause, event(cause, result, results.size())));
		}
		return results;
	}

	private Event<byte @Nullable []> event(Event<?> cause, RemoteResult result, int position) {
		String correlation = (cause.correlationId() != null) ? cause.correlationId() : cause.id();
		String trace = cause.extensions().get("traceparent");
		Event<byte @Nullable []> event = new Event<>(ResultIds.of(cause.source(), cause.id(), cause.type(), position),
				Uris.path(this.group), result.type(), result.subject(), this.clock.instant(), result.key(), correlation,
				cause.id(), "application/json", null, (trace != null) ? Map.of("traceparent", trace) : Map.of(),
				result.data());
		String own = this.types.keyOf(this.types.decode(event).data());
		String key = (result.key() != null) ? result.key() : (own != null) ? own : cause.key();
		if (key != null && key.length() > MAX_KEY && !key.equals(cause.key())) {
			throw new EventFormatException("The key of a result has " + key.length() + " characters, and at most "
					+ MAX_KEY + " are allowed.");
		}
		Event<byte @Nullable []> keyed = event.withKey(key);
		CloudEvents.attributes(keyed);
		return keyed;
	}

}
