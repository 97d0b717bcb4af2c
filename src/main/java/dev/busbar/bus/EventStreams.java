package dev.busbar.bus;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All streams of the application. Immutable.
 */
public final class EventStreams {

	private final List<EventStream> streams;

	private final Map<String, EventStream> byType = new LinkedHashMap<>();

	/**
	 * Collects streams.
	 * @param streams streams of which no two share a type
	 */
	public EventStreams(Collection<EventStream> streams) {
		this.streams = List.copyOf(streams);
		for (EventStream stream : streams) {
			stream.types().forEach((type) -> this.byType.put(type, stream));
		}
	}

	/** All streams in the order of their declaration. */
	public List<EventStream> all() {
		return this.streams;
	}

	/** The stream on which a type travels, empty if the type is not known. */
	public Optional<EventStream> ofType(String type) {
		return Optional.ofNullable(this.byType.get(type));
	}

	/**
	 * Where an event was to go that never came to the broker.
	 * @param type the event's type
	 * @return the name of the type's stream, the type itself if it is not known
	 */
	public String nameOf(String type) {
		return ofType(type).map(EventStream::name).orElse(type);
	}

}
