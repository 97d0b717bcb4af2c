package dev.busbar.bus.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * Publishers queue; one thread sends all that waits and has it confirmed together. There
 * is no delay: while one batch is on its way, the next one gathers.
 * <p>
 * The sending has a thread of its own, because a publisher may be interrupted (an
 * interrupt inside H2's file access closes the database) or be inside a transaction of
 * its own.
 */
final class GroupCommitBus implements EventBus, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommitBus.class);

	private final EventStreams streams;

	private final EventSender sender;

	private final BrokerWatch watch;

	private final BusProperties properties;

	private final Holdups holdups;

	private final BlockingQueue<Request> queue = new LinkedBlockingQueue<>();

	private final Thread thread = new Thread(this::run, "bus-sender");

	private volatile boolean closed;

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
		this.thread.setDaemon(true);
		this.thread.start();
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
		if (this.closed) {
			throw stopped();
		}
		if (!this.watch.available()) {
			throw this.watch.unavailable();
		}
		this.queue.add(request);
		if (this.closed) {
			request.fail(stopped());
		}
		return await(request);
	}

	@Override
	public boolean publishInTransaction(List<Event<byte @Nullable []>> events) {
		if (events.isEmpty() || !this.sender.sendInTransaction(List.of())) {
			return false;
		}
		List<OutgoingEvent> addressed = events.stream().map(this::address).toList();
		List<Event<byte @Nullable []>> held = this.holdups.held(events);
		this.holdups.append(held);
		return this.sender
			.sendInTransaction(addressed.stream().filter((outgoing) -> !held.contains(outgoing.event())).toList());
	}

	@Override
	public void publishWaiting(List<Event<byte @Nullable []>> events) {
		if (events.isEmpty() || !this.sender.sendInTransaction(events.stream().map(this::address).toList())) {
			publish(events, true);
		}
	}

	@Override
	public void destroy() throws InterruptedException {
		this.closed = true;
		this.queue.add(Request.NONE);
		this.thread.join(this.properties.confirmTimeout().toMillis());
		failQueued();
	}

	/** How many requests wait to be sent. */
	int queued() {
		return this.queue.size();
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

	private List<Event<byte @Nullable []>> await(Request request) {
		long deadline = System.nanoTime() + this.properties.confirmTimeout().toNanos();
		List<Event<byte @Nullable []>> held = new ArrayList<>();
		for (OutgoingEvent event : request.events) {
			try {
				event.stored().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException ex) {
				if (!Holdups.isHeld(ex.getCause())) {
					throw fresh(ex.getCause());
				}
				held.add(event.event());
			}
			catch (TimeoutException ex) {
				BrokerUnavailableException failure = new BrokerUnavailableException("The broker at "
						+ this.watch.address() + " did not confirm within " + this.properties.confirmTimeout(), ex);
				request.fail(failure);
				throw failure;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				BrokerUnavailableException failure = new BrokerUnavailableException(
						"Interrupted while waiting for the broker's confirmation", ex);
				request.fail(failure);
				throw failure;
			}
		}
		return held;
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

	private static BrokerUnavailableException stopped() {
		return new BrokerUnavailableException("The application is stopping", null);
	}

	private void run() {
		Request kept = null;
		while (!this.closed || kept != null || !this.queue.isEmpty()) {
			Request first = kept;
			kept = null;
			try {
				kept = gather((first != null) ? first : this.queue.take());
			}
			catch (InterruptedException ex) {
				// only destroy() ends this thread
			}
			catch (Throwable ex) {
				// nor may an Error: without this thread every publisher would time out
				logger.warn("Sending failed; publishing goes on", ex);
			}
		}
	}

	/**
	 * Sends the request and as many more as fit.
	 * @return the request that was taken, but did not fit
	 */
	private @Nullable Request gather(Request first) {
		List<Request> requests = new ArrayList<>(List.of(first));
		List<OutgoingEvent> batch = new ArrayList<>(first.events);
		long bytes = first.bytes;
		Request next = this.queue.poll();
		while (next != null && batch.size() + next.events.size() <= this.properties.maxBatchEvents()
				&& bytes + next.bytes <= this.properties.maxBatchSize().toBytes()) {
			requests.add(next);
			batch.addAll(next.events);
			bytes += next.bytes;
			next = this.queue.poll();
		}
		if (!batch.isEmpty()) {
			try {
				this.holdups.hold(requests);
				sendInSlices(batch);
			}
			catch (Throwable ex) {
				fail(batch, ex);
				logger.warn("Sending failed; publishing goes on", ex);
			}
		}
		return next;
	}

	/** Only a single large request has more than one slice. */
	private void sendInSlices(List<OutgoingEvent> events) {
		List<OutgoingEvent> slice = new ArrayList<>();
		long bytes = 0;
		for (OutgoingEvent event : events) {
			long weight = Request.weigh(event);
			if (!slice.isEmpty() && (slice.size() == this.properties.maxBatchEvents()
					|| bytes + weight > this.properties.maxBatchSize().toBytes())) {
				if (!send(slice)) {
					BrokerUnavailableException failure = new BrokerUnavailableException(
							"Not sent, because an event before it was not stored", null);
					events.forEach((unsent) -> unsent.stored().completeExceptionally(failure));
					return;
				}
				slice = new ArrayList<>();
				bytes = 0;
			}
			slice.add(event);
			bytes += weight;
		}
		send(slice);
	}

	private boolean send(List<OutgoingEvent> slice) {
		List<OutgoingEvent> waiting = slice.stream().filter((event) -> !event.stored().isDone()).toList();
		if (waiting.isEmpty()) {
			return true;
		}
		if (!this.watch.available()) {
			BrokerUnavailableException failure = this.watch.unavailable();
			waiting.forEach((event) -> event.stored().completeExceptionally(failure));
			return false;
		}
		try {
			this.sender.send(waiting);
		}
		catch (Throwable ex) {
			fail(waiting, ex);
		}
		// A sender that forgets an event must not leave its publisher waiting.
		fail(waiting, null);
		if (waiting.stream().anyMatch(GroupCommitBus::failedByBroker)) {
			this.watch.suspect();
		}
		return waiting.stream().noneMatch((event) -> event.stored().isCompletedExceptionally());
	}

	private static void fail(List<OutgoingEvent> events, @Nullable Throwable cause) {
		for (OutgoingEvent event : events) {
			if (!event.stored().isDone()) {
				event.stored()
					.completeExceptionally(new BrokerUnavailableException("The event was not confirmed", cause));
			}
		}
	}

	private static boolean failedByBroker(OutgoingEvent event) {
		return event.stored().isCompletedExceptionally()
				&& event.stored().handle((stored, failure) -> !(failure instanceof EventRejectedException)).join();
	}

	private void failQueued() {
		for (Request request = this.queue.poll(); request != null; request = this.queue.poll()) {
			request.fail(stopped());
		}
	}

}
