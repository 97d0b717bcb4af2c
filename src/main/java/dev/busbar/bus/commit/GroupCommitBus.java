package dev.busbar.bus.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.Partitions;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * The publishers' side of the group commit: addresses events, queues them, and waits
 * until they are stored. {@link GroupSender} sends what is queued.
 */
final class GroupCommitBus implements EventBus, DisposableBean {

	private final EventStreams streams;

	private final EventSender sender;

	private final BrokerWatch watch;

	private final BusProperties properties;

	private final Holdups holdups;

	private final GroupSender group;

	/**
	 * Creates a bus that sends at once.
	 * @param streams knows where events go
	 * @param sender sends them
	 * @param watch tells whether the broker is there
	 * @param backlog the events that wait to be published, null if none can
	 * @param properties bounds and times
	 */
	GroupCommitBus(EventStreams streams, EventSender sender, BrokerWatch watch, @Nullable Backlog backlog,
			BusProperties properties) {
		this.holdups = new Holdups(backlog);
		this.streams = streams;
		this.sender = sender;
		this.watch = watch;
		this.properties = properties;
		this.group = new GroupSender(sender, watch, this.holdups, properties);
	}

	@Override
	public void publishAll(List<Event<byte @Nullable []>> events) {
		this.holdups.append(publish(events, false));
	}

	/** Returns those that were not sent, since others of their keys wait. */
	private List<Event<byte @Nullable []>> publish(List<Event<byte @Nullable []>> events, boolean waited) {
		if (events.isEmpty()) {
			return List.of();
		}
		Request request = new Request(events.stream().map(this::address).toList(), waited);
		this.group.submit(request);
		return await(request);
	}

	@Override
	public boolean publishInTransaction(List<Event<byte @Nullable []>> events,
			BiConsumer<Event<byte @Nullable []>, EventRejectedException> refused) {
		if (events.isEmpty() || !this.sender.sendInTransaction(List.of())) {
			return false;
		}
		List<OutgoingEvent> addressed = events.stream().map(this::address).toList();
		List<Event<byte @Nullable []>> held = this.holdups.held(events);
		this.holdups.append(held);
		return sendInTransaction(addressed.stream().filter((outgoing) -> !held.contains(outgoing.event())).toList(),
				refused);
	}

	private boolean sendInTransaction(List<OutgoingEvent> events,
			BiConsumer<Event<byte @Nullable []>, EventRejectedException> refused) {
		if (!this.sender.sendInTransaction(events)) {
			return false;
		}
		for (OutgoingEvent outgoing : events) {
			if (outgoing.stored().isCompletedExceptionally()) {
				refused.accept(outgoing.event(), refusal(outgoing));
			}
		}
		return true;
	}

	private static EventRejectedException refusal(OutgoingEvent refused) {
		Throwable cause = refused.stored().<Throwable>handle((stored, failure) -> failure).join();
		return new EventRejectedException(String.valueOf(cause.getMessage()), cause);
	}

	@Override
	public void publishWaiting(List<Event<byte @Nullable []>> events) {
		if (events.isEmpty() || !sendInTransaction(events.stream().map(this::address).toList(), (event, refusal) -> {
			throw refusal;
		})) {
			publish(events, true);
		}
	}

	@Override
	public void destroy() throws InterruptedException {
		this.group.close();
	}

	/** How many requests wait to be sent. */
	int queued() {
		return this.group.queued();
	}

	private OutgoingEvent address(Event<byte @Nullable []> event) {
		EventStream stream = this.streams.ofType(event.type()).orElseThrow(() -> unknown(event.type()));
		return new OutgoingEvent(stream, Partitions.of(event, stream.partitions()), event, new CompletableFuture<>());
	}

	private IllegalArgumentException unknown(String type) {
		List<String> known = this.streams.all().stream().flatMap((stream) -> stream.types().stream()).sorted().toList();
		return new IllegalArgumentException("Event type '" + type + "' is not known; known types are " + known
				+ ". Declare it with @EventType on a class in the application's packages (busbar.event-packages).");
	}

	/**
	 * Waits for the confirmation, and longer if the request is being sent just then: who
	 * sends knows soon what became of it, and what is given up although it is stored is
	 * published twice.
	 */
	private List<Event<byte @Nullable []>> await(Request request) {
		long timeout = this.properties.confirmTimeout().toNanos();
		long deadline = System.nanoTime() + timeout;
		List<Event<byte @Nullable []>> held = new ArrayList<>();
		for (OutgoingEvent event : request.events) {
			try {
				if (!isStored(event, deadline)) {
					if (request.claim()) {
						throw giveUp(request, "Not sent to the broker at " + this.watch.address() + " within "
								+ this.properties.confirmTimeout() + ", since others were before it", null);
					}
					if (!isStored(event, deadline + timeout)) {
						throw giveUp(request, "The broker at " + this.watch.address() + " did not confirm within "
								+ this.properties.confirmTimeout().multipliedBy(2), null);
					}
				}
			}
			catch (ExecutionException ex) {
				if (!Holdups.isHeld(ex.getCause())) {
					throw fresh(ex.getCause());
				}
				held.add(event.event());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw giveUp(request, "Interrupted while waiting for the broker's confirmation", ex);
			}
		}
		return held;
	}

	private static boolean isStored(OutgoingEvent event, long deadline)
			throws ExecutionException, InterruptedException {
		try {
			event.stored().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	private static BrokerUnavailableException giveUp(Request request, String why, @Nullable Exception cause) {
		BrokerUnavailableException failure = new BrokerUnavailableException(why, cause);
		request.claim();
		request.fail(failure);
		return failure;
	}

	/** One failure may be shared by many publishers: each gets its own exception. */
	private static RuntimeException fresh(@Nullable Throwable failure) {
		if (failure instanceof EventRejectedException) {
			return new EventRejectedException(String.valueOf(failure.getMessage()), failure);
		}
		if (failure instanceof BrokerUnavailableException) {
			return new BrokerUnavailableException(String.valueOf(failure.getMessage()), failure);
		}
		return new BrokerUnavailableException("Sending failed: " + failure, failure);
	}

}
