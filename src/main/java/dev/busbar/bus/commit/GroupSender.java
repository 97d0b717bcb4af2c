package dev.busbar.bus.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.OutgoingEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread sends all that is queued and has it confirmed together. There is no delay:
 * while one batch is on its way, the next one gathers.
 * <p>
 * The sending has a thread of its own, because a publisher may be interrupted (an
 * interrupt inside H2's file access closes the database) or be inside a transaction of
 * its own.
 */
final class GroupSender {

	private static final Logger logger = LoggerFactory.getLogger(GroupSender.class);

	private final EventSender sender;

	private final BrokerWatch watch;

	private final Holdups holdups;

	private final BusProperties properties;

	private final BlockingQueue<Request> queue = new LinkedBlockingQueue<>();

	private final Thread thread = new Thread(this::run, "bus-sender");

	private volatile boolean closed;

	/**
	 * Creates a sender and starts its thread.
	 * @param sender sends a batch
	 * @param watch tells whether the broker is there
	 * @param holdups finds what may not be sent now
	 * @param properties bounds and times
	 */
	GroupSender(EventSender sender, BrokerWatch watch, Holdups holdups, BusProperties properties) {
		this.sender = sender;
		this.watch = watch;
		this.holdups = holdups;
		this.properties = properties;
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Queues a request, whose events complete.
	 * @throws BrokerUnavailableException if nothing is sent now; nothing is queued then
	 */
	void submit(Request request) {
		if (this.closed) {
			throw stopped();
		}
		if (!this.watch.available()) {
			throw this.watch.unavailable();
		}
		this.holdups.ask(request);
		this.queue.add(request);
		if (this.closed && request.claim()) {
			request.fail(stopped());
		}
	}

	/** How many requests wait to be sent. */
	int queued() {
		return this.queue.size();
	}

	/** Sends what is queued, as far as there is time, and fails the rest. */
	void close() throws InterruptedException {
		this.closed = true;
		this.queue.add(Request.NONE);
		this.thread.join(this.properties.confirmTimeout().toMillis());
		for (Request request = this.queue.poll(); request != null; request = this.queue.poll()) {
			request.fail(stopped());
		}
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
				// only close() ends this thread
			}
			catch (Throwable ex) {
				// nor may an Error: without this thread every publisher would time out
				logger.warn("Sending failed; publishing goes on", ex);
			}
		}
	}

	/**
	 * Sends the request and as many more as fit and can be sent now.
	 * @return the request that was taken, but is to be sent later
	 */
	private @Nullable Request gather(Request first) {
		List<Request> requests = new ArrayList<>(List.of(first));
		int count = first.events.size();
		long bytes = first.bytes;
		Request next = this.queue.poll();
		while (next != null && next.isReady() && count + next.events.size() <= this.properties.maxBatchEvents()
				&& bytes + next.bytes <= this.properties.maxBatchSize().toBytes()) {
			requests.add(next);
			count += next.events.size();
			bytes += next.bytes;
			next = this.queue.poll();
		}
		requests.removeIf((withdrawn) -> !withdrawn.claim());
		List<OutgoingEvent> batch = requests.stream().flatMap((request) -> request.events.stream()).toList();
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
		if (waiting.stream().anyMatch(GroupSender::failedByBroker)) {
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

}
