package dev.busbar.operations;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.busbar.event.DeadLettered;
import dev.busbar.event.Event;
import dev.busbar.event.EventTypes;
import dev.busbar.event.format.Uris;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetters;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Publishes an event for each new dead letter, with the transaction that keeps it, if
 * somebody may want it: a handler here, or another application for which the type is
 * declared. None for a dead letter of such an event: that would never end.
 */
class DeadLetterEvents implements DeadLetters.Listener {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final EventTypes types;

	private final String group;

	private final Consumer<List<Event<byte @Nullable []>>> outgoing;

	DeadLetterEvents(EventTypes types, String group, Consumer<List<Event<byte @Nullable []>>> outgoing) {
		this.types = types;
		this.group = group;
		this.outgoing = outgoing;
	}

	@Override
	public void added(DeadLetter letter) {
		if (DeadLettered.TYPE.equals(letter.type()) || this.types.byName(DeadLettered.TYPE).isEmpty()) {
			return;
		}
		DeadLettered data = new DeadLettered(letter.id().toString(), letter.group(), letter.handler(), letter.type(),
				letter.eventId(), letter.source(), letter.key(), letter.exception(), letter.attempts(),
				letter.lastFailure());
		this.outgoing.accept(List.of(new Event<>(letter.id().toString(), Uris.path(this.group), DeadLettered.TYPE, null,
				letter.lastFailure(), null, null, letter.eventId(), "application/json", null, Map.of(),
				JSON.writeValueAsBytes(data))));
	}

}
