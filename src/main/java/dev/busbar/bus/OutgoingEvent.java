package dev.busbar.bus;

import java.util.concurrent.CompletableFuture;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to the broker.
 *
 * @param stream the stream on which it travels
 * @param partition its partition, from 0
 * @param event the event with its encoded data
 * @param stored completed when the broker has confirmed the event, or exceptionally with
 * a {@link BrokerUnavailableException} or an {@link EventRejectedException}
 */
public record OutgoingEvent(EventStream stream, int partition, Event<byte @Nullable []> event,
		CompletableFuture<Void> stored) {

}
