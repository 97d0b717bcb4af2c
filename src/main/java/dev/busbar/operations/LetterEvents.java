package dev.busbar.operations;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.EventTypes;
import dev.busbar.event.format.Uris;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of dead letters again, as their handlers would.
 */
class LetterEvents {

	private static final String JSON = "application/json";

	private static final int LISTED = 20;

	private final EventHeaders headers;

	private final EventTypes types;

	private final EventStreams streams;

	private final Function<UUID, Map<String, String>> withheld;

	LetterEvents(EventHeaders headers, EventTypes types, EventStreams streams,
			Function<UUID, Map<String, String>> withheld) {
		this.headers = headers;
		this.types = types;
		this.streams = streams;
		this.withheld = withheld;
	}

	/**
	 * Reads the event of a letter, with the data as it came or as a person has changed
	 * it.
	 * @param archived the letter
	 * @return the event with its encoded data and its key, fit to be published
	 * @throws ProblemException if there is none that fits its type
	 */
	Event<byte @Nullable []> read(ArchivedLetter archived) {
		return read(archived.letter(), archived.edited());
	}

	/**
	 * Reads the event of a letter with other data.
	 * @param letter the letter
	 * @param data the data, null for the data as it came
	 * @return as the other method
	 * @throws ProblemException if the data does not fit
	 */
	Event<byte @Nullable []> read(DeadLetter letter, byte @Nullable [] data) {
		Event<byte @Nullable []> event = cleaned(envelope(letter), data);
		if (this.types.byName(event.type()).isEmpty()) {
			throw Problem
				.of(ProblemType.UNKNOWN_EVENT_TYPE,
						"The event type " + Problem.quote(event.type())
								+ " is not known here. Declare it with @EventType and deploy, then replay.")
				.with("knownTypes", this.types.all().stream().map(EventDefinition::name).limit(LISTED).toList())
				.asException();
		}
		try {
			Object decoded = this.types.decode(event).data();
			String key = (event.key() != null) ? event.key() : letter.key();
			Event<byte @Nullable []> keyed = event.withKey((key != null) ? key : this.types.keyOf(decoded));
			CloudEvents.attributes(keyed);
			return keyed;
		}
		catch (EventFormatException ex) {
			throw Problem
				.of(ProblemType.DATA_MISMATCH,
						String.valueOf(ex.getMessage()) + ". Change it with PUT /dead-letters/" + letter.id()
								+ "/data, then replay.")
				.asException();
		}
	}

	private Event<byte @Nullable []> envelope(DeadLetter letter) {
		String refusal = "The message carries no CloudEvents attributes";
		try {
			Optional<Event<byte @Nullable []>> event = this.headers.read(known(letter), letter.payload());
			if (event.isPresent()) {
				return event.get();
			}
		}
		catch (EventFormatException ex) {
			refusal = "The message is no event: " + ex.getMessage();
		}
		String type = (letter.type() != null) ? letter.type() : onlyType(letter.origin().destination());
		if (type == null) {
			throw Problem
				.of(ProblemType.UNREADABLE_DEAD_LETTER,
						refusal + ". Say what it is: {\"type\": \"...\"} (and \"id\", \"source\" if they matter) "
								+ "as the body of the replay, or ?type= when you change its data.")
				.asException();
		}
		// The same id on every replay, so that it has one effect.
		String id = (letter.eventId() != null) ? letter.eventId() : letter.id().toString();
		String source = (letter.source() != null) ? letter.source() : Uris.path(letter.origin().destination());
		return event(id, source, type, letter.key(), letter.payload());
	}

	/** The headers as they came, but for those that are none of the event's own. */
	private Map<String, String> known(DeadLetter letter) {
		Map<String, String> known = new HashMap<>(letter.headers());
		if (known.values().removeIf(LetterHeaders.HIDDEN::equals)) {
			known.putAll(this.withheld.apply(letter.id()));
			List<String> missing = letter.headers()
				.keySet()
				.stream()
				.filter((name) -> LetterHeaders.isAttribute(name) && !known.containsKey(name))
				.sorted()
				.limit(LISTED)
				.toList();
			if (!missing.isEmpty()) {
				throw Replayer.refusal("The values of the event's attributes " + Problem.quote(missing.toString())
						+ " are not kept, so that its replay would be another event. Publish its data again as an event "
						+ "of its own, then discard this letter.");
			}
		}
		return known;
	}

	private @Nullable String onlyType(String stream) {
		return this.streams.all()
			.stream()
			.filter((each) -> each.name().equals(stream))
			.map(EventStream::types)
			.filter((types) -> types.size() == 1)
			.flatMap(Set::stream)
			.findFirst()
			.orElse(null);
	}

	// NullAway does not know that the data may be null.
	@SuppressWarnings("NullAway")
	private static Event<byte @Nullable []> event(String id, String source, String type, @Nullable String key,
			byte @Nullable [] data) {
		return new Event<>(id, source, type, null, null, key, null, null, JSON, null, Map.of(), data);
	}

	/** Without the marks of an earlier redelivery, and with the other data, if any. */
	// NullAway does not know that the data may be null.
	@SuppressWarnings("NullAway")
	private static Event<byte @Nullable []> cleaned(Event<byte @Nullable []> event, byte @Nullable [] data) {
		Map<String, String> extensions = new TreeMap<>(event.extensions());
		extensions.remove(Redeliveries.GROUP);
		extensions.remove(Redeliveries.TOKEN);
		boolean changed = data != null;
		return new Event<>(event.id(), event.source(), event.type(), event.subject(), event.time(), event.key(),
				event.correlationId(), event.causationId(), changed ? JSON : event.dataContentType(),
				event.dataSchema(), extensions, changed ? data : event.data());
	}

}
