package dev.busbar.failure.app;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * The bus, on which the process halts after an event that asks for it was published.
 */
record HaltingBus(EventBus bus) implements EventBus {

	@Override
	public void publishAll(List<Event<byte @Nullable []>> events) {
		this.bus.publishAll(events);
		halt(events, Halts.BEFORE_ACKNOWLEDGE, true);
	}

	@Override
	public boolean publishInTransaction(List<Event<byte @Nullable []>> events,
			BiConsumer<Event<byte @Nullable []>, EventRejectedException> refused) {
		return this.bus.publishInTransaction(events, refused);
	}

	@Override
	public void publishWaiting(List<Event<byte @Nullable []>> events) {
		this.bus.publishWaiting(events);
		halt(events, Halts.BEFORE_MARK, false);
	}

	private static void halt(List<Event<byte @Nullable []>> events, String point, boolean result) {
		for (Event<byte @Nullable []> event : events) {
			byte[] data = event.data();
			if (data != null && (event.causationId() != null) == result
					&& new String(data, StandardCharsets.UTF_8).contains("\"halt\":\"" + point + "\"")) {
				Halts.once(event.id());
			}
		}
	}

}
