package dev.busbar.bus.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

	private final BlockingQueue<Request> queue = new LinkedBlockingQueue<>();

	private final Thread thread = new Thread(this::run, "bus-sender");

	private volatile boolean closed;

	GroupCommitBus(EventStreams streams, EventSender sender, BrokerWatch watch, BusProperties properties) {
		this.streams = streams;
		this.sender = sender;
		this.watch = watch;
		this.properties = properties;
		this.thread.setDaemon(true);
		this.thread.start();
	}

	@Override
	public void publishAll(List<Event<byte @Nullable []>> events) {
		if (events.isEmpty()) {
			return;
		}
		Request request = new Request(events.stream().map(this::address).toList());
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
		await(request);
	}

	@Override
	public boolean publishInTransaction(List<Event<byte @Nullable []>> events) {
		return !events.isEmpty() && this.sender.sendInTransaction(events.stream().map(this::address).toList());
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
				+ ". Declare it with @EventType on a class that a handler or producer uses.");
	}

	private void await(Request request) {
		long deadline = System.nanoTime() + this.properties.confirmTimeout().toNanos();
		for (OutgoingEvent event : request.events) {
			try {
				event.stored().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException ex) {
				throw fresh(ex.getCause());
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
		List<OutgoingEvent> batch = new ArrayList<>(first.events);
		long bytes = first.bytes;
		Request next = this.queue.poll();
		while (next != null && batch.size() + next.events.size() <= this.properties.maxBatchEvents()
				&& bytes + next.bytes <= this.properties.maxBatchSize().toBytes()) {
			batch.addAll(next.events);
			bytes += next.bytes;
			next = this.queue.poll();
		}
		if (!batch.isEmpty()) {
			try {
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

	/**
	 * What one caller publishes in one call.
	 */
	private static final class Request {

		static final Request NONE = new Request(List.of());

		private static final long ENVELOPE = 512;

		final List<OutgoingEvent> events;

		final long bytes;

		Request(List<OutgoingEvent> events) {
			this.events = events;
			this.bytes = events.stream().mapToLong(Request::weigh).sum();
		}

		static long weigh(OutgoingEvent event) {
			byte[] data = event.event().data();
			return ENVELOPE + ((data != null) ? data.length : 0);
		}

		void fail(RuntimeException failure) {
			this.events.forEach((event) -> event.stored().completeExceptionally(failure));
		}

	}

}
