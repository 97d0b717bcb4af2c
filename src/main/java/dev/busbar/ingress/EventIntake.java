package dev.busbar.ingress;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventTypes;
import dev.busbar.outbox.BrokerAway;
import dev.busbar.outbox.OutboxFullException;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/**
 * Checks events that came in, gives them their key, and stores them: all or, if one is
 * not valid, none.
 */
public class EventIntake {

	private static final int MAX_LISTED = 100;

	// Bounds what is remembered, and what a path and the answer's headers must hold.
	private static final int MAX_ID = 256;

	private static final int MAX_SOURCE = 512;

	private static final int MAX_KEY = 256;

	private static final List<String> RESERVED = List.of(Redeliveries.GROUP, Redeliveries.TOKEN);

	private static final String RETRY_AFTER_SECONDS = "2";

	private static final String PERHAPS = "The event may or may not be stored: send it again under the same id, in a few "
			+ "seconds.";

	private final EventTypes types;

	private final OutgoingEvents outgoing;

	private final BrokerAway away;

	private final RecentEvents recent;

	private final Clock clock;

	EventIntake(EventTypes types, OutgoingEvents outgoing, BrokerAway away, RecentEvents recent, Clock clock) {
		this.types = types;
		this.outgoing = outgoing;
		this.away = away;
		this.recent = recent;
		this.clock = clock;
	}

	/**
	 * Stores events in their order.
	 * @param events the events as they came
	 * @throws ProblemException if one is not valid, and then none is stored; or if the
	 * broker did not confirm, and they could not be stored in the database either; or if
	 * those with a delay could not
	 */
	public void store(List<Event<byte @Nullable []>> events) {
		List<Event<byte @Nullable []>> checked = new ArrayList<>(events.size());
		for (int i = 0; i < events.size(); i++) {
			checked.add(check(events.get(i), (events.size() > 1) ? i : -1));
		}
		if (checked.isEmpty()) {
			return;
		}
		Instant came = this.clock.instant();
		try {
			publish(checked, came);
		}
		catch (EventRejectedException ex) {
			throw Problem
				.of(ProblemType.EVENT_REJECTED,
						"The broker answered, and does not take this event: " + ex.getMessage()
								+ ". Sending it again unchanged does not help until that is changed.")
				.asException();
		}
		Instant now = this.clock.instant();
		checked.forEach((event) -> {
			Duration delay = EventDelay.of(event);
			this.recent.add(event, now, (delay != null) ? came.plus(delay) : null);
		});
	}

	private void publish(List<Event<byte @Nullable []>> events, Instant came) {
		List<Event<byte @Nullable []>> now = new ArrayList<>(events.size());
		Map<Duration, List<Event<byte @Nullable []>>> later = new LinkedHashMap<>();
		for (Event<byte @Nullable []> event : events) {
			Duration delay = EventDelay.of(event);
			((delay != null) ? later.computeIfAbsent(delay, (each) -> new ArrayList<>()) : now)
				.add(EventDelay.without(event));
		}
		if (!now.isEmpty()) {
			publishNow(now);
		}
		boolean alone = now.isEmpty() && later.size() == 1;
		later.forEach((delay, delayed) -> schedule(delayed, came.plus(delay), alone));
	}

	private void publishNow(List<Event<byte @Nullable []>> events) {
		try {
			this.outgoing.publish(events, this.away);
		}
		catch (OutboxFullException ex) {
			throw notNow(ProblemType.OUTBOX_FULL,
					"The event could not be published at once, and the outbox, where it would wait, is full. "
							+ ex.getMessage() + ". " + PERHAPS);
		}
		catch (BrokerUnavailableException ex) {
			throw notNow(ProblemType.BROKER_UNAVAILABLE,
					"The broker cannot be reached now, or did not confirm in time, and the event could not be stored "
							+ "until it is back. " + PERHAPS);
		}
	}

	private void schedule(List<Event<byte @Nullable []>> events, Instant due, boolean alone) {
		try {
			this.outgoing.store(events, due);
		}
		catch (OutboxFullException ex) {
			throw notNow(ProblemType.OUTBOX_FULL, "The outbox, where an event with a delay waits, is full. "
					+ ex.getMessage() + ". " + (alone ? "Nothing was stored: send it again later." : PERHAPS));
		}
		catch (BrokerUnavailableException ex) {
			throw notNow(ProblemType.DATABASE_UNAVAILABLE,
					"An event with a delay waits in the database, which cannot be reached now. " + PERHAPS);
		}
	}

	private static ProblemException notNow(ProblemType type, String detail) {
		return Problem.of(type, detail).withHeader("Retry-After", RETRY_AFTER_SECONDS).asException();
	}

	private Event<byte @Nullable []> check(Event<byte @Nullable []> event, int index) {
		requireShort("id", event.id(), MAX_ID, index);
		requireShort("source", event.source(), MAX_SOURCE, index);
		requireShort("partitionkey", event.key(), MAX_KEY, index);
		try {
			EventDelay.of(event);
		}
		catch (EventFormatException ex) {
			throw refuse(ProblemType.MALFORMED, index, String.valueOf(ex.getMessage())).asException();
		}
		requireUnreserved(event, index);
		if (this.types.byName(event.type()).isEmpty()) {
			throw unknownType(event.type(), index);
		}
		try {
			Object data = this.types.decode(event).data();
			return (event.key() != null) ? event : keyed(event, this.types.keyOf(data), index);
		}
		catch (EventFormatException ex) {
			throw refuse(ProblemType.DATA_MISMATCH, index, String.valueOf(ex.getMessage())).asException();
		}
	}

	private static Event<byte @Nullable []> keyed(Event<byte @Nullable []> event, @Nullable String key, int index) {
		if (key == null || key.isEmpty()) {
			return event;
		}
		requireShort("key", key, MAX_KEY, index);
		Event<byte @Nullable []> keyed = event.withKey(key);
		if (!key.chars().allMatch((c) -> c >= ' ' && c < 0x7f)) {
			// The key becomes an attribute, which may not hold all that JSON may.
			CloudEvents.attributes(keyed);
		}
		return keyed;
	}

	private ProblemException unknownType(String type, int index) {
		List<String> known = this.types.all().stream().map(EventDefinition::name).limit(MAX_LISTED).toList();
		return refuse(ProblemType.UNKNOWN_EVENT_TYPE, index,
				"The event type " + Problem.quote(type) + " is not known. Use one of 'knownTypes' (GET /handlers lists "
						+ "them with their schemas), or declare it with @EventType.")
			.with("knownTypes", known)
			.asException();
	}

	private static void requireUnreserved(Event<?> event, int index) {
		for (String name : RESERVED) {
			if (event.extensions().containsKey(name)) {
				throw refuse(ProblemType.MALFORMED, index,
						"The attribute '" + name
								+ "' belongs to Busbar itself, which sends events again with it. Leave it out.")
					.asException();
			}
		}
	}

	private static void requireShort(String name, @Nullable String value, int limit, int index) {
		if (value != null && value.length() > limit) {
			throw refuse(ProblemType.MALFORMED, index, "The event's " + name + " has " + value.length()
					+ " characters, and at most " + limit + " are allowed.")
				.asException();
		}
	}

	private static Problem refuse(ProblemType type, int index, String detail) {
		return (index < 0) ? Problem.of(type, detail)
				: Problem
					.of(type, "Event " + index + " of the batch (from 0): " + detail + " No event of it is stored.")
					.with("index", index);
	}

}
