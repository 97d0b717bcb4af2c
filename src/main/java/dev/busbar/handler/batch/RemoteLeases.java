package dev.busbar.handler.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.bus.Delivery;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import dev.busbar.handler.batch.RemoteHandling.Work;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.remote.LeaseLostException;
import dev.busbar.handler.remote.RemoteProperties.RemoteHandler;
import dev.busbar.handler.scan.HandlerScan;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.remote.RemoteWork;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event that a client answers. Safe for use by several threads.
 */
final class RemoteLeases {

	private final HandlerScan scan;

	private final Map<String, HandlerFunction> functions;

	private final HandlingStores stores;

	private final RemoteWork work;

	RemoteLeases(HandlerScan scan, Map<String, HandlerFunction> functions, HandlingStores stores, RemoteWork work) {
		this.scan = scan;
		this.functions = Map.copyOf(functions);
		this.stores = stores;
		this.work = work;
	}

	/** The settings of a handler. */
	RemoteHandler settings(String handler) {
		RemoteHandler settings = this.scan.remote().get(handler);
		if (settings == null) {
			throw new IllegalArgumentException("There is no remote handler '" + handler + "'");
		}
		return settings;
	}

	/** Gives out events in the running transaction. */
	List<Work> claim(String handler, int limit, long bytes) {
		Duration length = settings(handler).lease();
		Instant expires = this.stores.clock().instant().plus(length);
		List<RemoteWork.Leased> leased = this.work.claim(this.stores.group(), handler, limit, bytes, length);
		Map<UUID, Redelivery> found = this.stores.redeliveries()
			.find(leased.stream().map(RemoteWork.Leased::token).toList());
		List<Work> claimed = new ArrayList<>(leased.size());
		for (RemoteWork.Leased one : leased) {
			Redelivery redelivery = found.get(one.token());
			if (redelivery != null) {
				claimed.add(new Work(one.lease(), redelivery.event(), redelivery.attempts() + 1, expires));
			}
		}
		return claimed;
	}

	/**
	 * Ends a lease in the running transaction.
	 * @param handler the handler's name
	 * @param lease the lease
	 * @return the event, as if it had just been delivered
	 * @throws LeaseLostException if the lease does not hold any more
	 */
	Incoming end(String handler, UUID lease) {
		UUID token = this.work.end(this.stores.group(), handler, lease);
		Redelivery redelivery = (token != null) ? this.stores.redeliveries().find(List.of(token)).get(token) : null;
		HandlerFunction function = this.functions.get(handler);
		if (redelivery == null || function == null) {
			throw new LeaseLostException();
		}
		Event<byte @Nullable []> event = redelivery.event();
		Map<String, Object> headers = Map.copyOf(EventHeaders.write(event, EventHeaders.KAFKA_PREFIX));
		return new Incoming(new Delivery(event.data(), headers), event, null, function, null, token, redelivery);
	}

	/** The stream on which an event travels. */
	String stream(Event<?> event) {
		return this.scan.types()
			.stream()
			.filter((type) -> type.name().equals(event.type()))
			.map((type) -> type.stream())
			.findFirst()
			.orElse(event.type());
	}

}
