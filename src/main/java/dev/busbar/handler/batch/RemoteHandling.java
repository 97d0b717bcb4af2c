package dev.busbar.handler.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.event.Event;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.RetryProperties.Order;
import dev.busbar.handler.incoming.HandlerFailedException;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.remote.LeaseLostException;
import dev.busbar.handler.remote.RemoteFailureException;
import dev.busbar.handler.remote.RemoteProperties.RemoteHandler;
import dev.busbar.handler.remote.RemoteResult;
import dev.busbar.handler.retry.Aftermath;
import dev.busbar.handler.retry.KeyOrder;
import dev.busbar.handler.scan.HandlerScan;
import dev.busbar.outbox.EventPublisher;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.remote.RemoteWork;
import dev.busbar.outbox.result.Outbox.Result;
import dev.busbar.store.inbox.Inbox.Admission;
import dev.busbar.store.inbox.Inbox.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Handles events by clients elsewhere: gives out what waits, each on a lease, and takes
 * the answers. What an answer changes is one transaction, as it is for beans: inbox,
 * results and the end of the lease. Safe for use by several threads; each call returns
 * soon, or fails with the database.
 */
public final class RemoteHandling {

	private static final int RACES = 5;

	private static final int EXPIRED = 100;

	private static final Logger logger = LoggerFactory.getLogger("dev.busbar.handled");

	private final HandlerScan scan;

	private final RemoteLeases leases;

	private final HandlingStores stores;

	private final TransactionOperations transaction;

	private final RemoteWork work;

	private final RemoteResults results;

	private final EventPublisher events;

	RemoteHandling(HandlerScan scan, Map<String, HandlerFunction> functions, HandlingStores stores,
			TransactionOperations transaction, RemoteWork work, RemoteResults results, EventPublisher events) {
		this.scan = scan;
		this.leases = new RemoteLeases(scan, functions, stores, work);
		this.stores = stores;
		this.transaction = transaction;
		this.work = work;
		this.results = results;
		this.events = events;
	}

	/** The remote handlers by name. */
	public Map<String, RemoteHandler> handlers() {
		return this.scan.remote();
	}

	/**
	 * Gives out events that wait for a handler: of each key the first one, and no other
	 * before that is done.
	 * @param handler the handler's name
	 * @param limit how many at most
	 * @param bytes how large their data together at most, but for the first one
	 * @return the events, each with its lease
	 */
	public List<Work> claim(String handler, int limit, long bytes) {
		return run(() -> this.leases.claim(handler, limit, bytes));
	}

	/**
	 * A client has handled an event.
	 * @param handler the handler's name
	 * @param lease the event's lease
	 * @param returned the results, in their order
	 * @param micros how long it took
	 * @throws LeaseLostException if the lease does not hold any more
	 * @throws dev.busbar.event.EventFormatException if a result is not valid; the lease
	 * holds on
	 */
	public void handled(String handler, UUID lease, List<RemoteResult> returned, long micros) {
		run(() -> {
			Incoming incoming = this.leases.end(handler, lease);
			Event<byte @Nullable []> event = incoming.requiredRaw();
			List<UUID> tokens = new ArrayList<>();
			tokens.add(incoming.token());
			Admission admission = this.stores.inbox().admit(this.stores.group(), List.of(event), tokens, 1);
			if (admission.verdicts().get(0) != Verdict.FIRST) {
				throw new LeaseLostException();
			}
			publish(admission.handling(), this.results.of(this.leases.settings(handler).results(), event, returned));
			KeyOrder order = this.stores.order(this.leases.stream(event));
			order.end(incoming);
			Redelivery redelivery = incoming.redelivery();
			if (redelivery != null && redelivery.letter() != null) {
				this.stores.deadLetters().replayed(redelivery.letter());
			}
			order.settle(this.stores.inbox(), admission.handling());
			this.stores.inbox().finish(admission.handling(), new long[] { micros });
			logger.debug("handled type={} id={} source={} key={} handler={} remote=true micros={} results={}",
					event.type(), event.id(), event.source(), event.key(), handler, micros, returned.size());
			return true;
		});
	}

	/**
	 * The relay publishes them, if the broker does not do so in this transaction: it
	 * keeps the order of keys, and nobody waits while the broker is away.
	 */
	private void publish(long handling, List<Result> made) {
		if (!made.isEmpty()) {
			this.events.publish(made.stream().map(Result::event).toList());
			this.stores.outbox().addPublished(handling, made);
		}
	}

	/**
	 * An attempt has failed: there is another one after the pause of the handler's
	 * policy, or a dead letter.
	 * @param handler the handler's name
	 * @param lease the event's lease
	 * @param failure why
	 * @return the pause, null for a dead letter
	 * @throws LeaseLostException if the lease does not hold any more
	 */
	public @Nullable Duration failed(String handler, UUID lease, RemoteFailureException failure) {
		Function<Incoming, Aftermath.Step> fail = (incoming) -> {
			RetryPolicy policy = incoming.requiredHandler().retry();
			HandlerFailedException failed = new HandlerFailedException(handler, failure);
			Aftermath.Step next = Aftermath.after(incoming, policy, 1, failed, (pause) -> true);
			Aftermath aftermath = this.stores.aftermath(this.leases.stream(incoming.requiredRaw()));
			Instant now = this.stores.clock().instant();
			Duration pause = next.pause();
			if (pause != null) {
				aftermath.delay(incoming, next.inPlace() ? Order.PARK : policy.order(), 1, now, now.plus(pause));
			}
			else {
				aftermath.bury(incoming, failed, 1, now);
			}
			return next;
		};
		return run(() -> fail.apply(this.leases.end(handler, lease))).pause();
	}

	/**
	 * Gives an event back that was not begun; this is no attempt.
	 * @param handler the handler's name
	 * @param lease the event's lease
	 * @throws LeaseLostException if the lease does not hold any more
	 */
	public void release(String handler, UUID lease) {
		run(() -> this.leases.end(handler, lease));
	}

	/**
	 * Makes a lease longer: as long as a new one, from now on.
	 * @param handler the handler's name
	 * @param lease the lease
	 * @return when it ends
	 * @throws LeaseLostException if it does not hold any more
	 */
	public Instant extend(String handler, UUID lease) {
		Instant end = run(() -> this.work.extend(lease, this.leases.settings(handler).lease()));
		if (end == null) {
			throw new LeaseLostException();
		}
		return end;
	}

	/**
	 * Ends leases that were not answered in time, whichever instance gave them: each is
	 * an attempt that has failed.
	 * @param handler the handler's name
	 * @return now: what ends by then has ended
	 */
	public Instant expire(String handler) {
		Instant now = this.stores.clock().instant();
		for (UUID lease : run(() -> this.work.expired(this.stores.group(), handler, EXPIRED))) {
			lost(handler, lease, "The lease ended without an answer.");
		}
		return now;
	}

	/**
	 * A client is gone that had a lease: an attempt that has failed.
	 * @param handler the handler's name
	 * @param lease the lease
	 * @param reason what has happened
	 */
	public void lost(String handler, UUID lease, String reason) {
		try {
			failed(handler, lease, new RemoteFailureException(reason));
		}
		catch (LeaseLostException ex) {
			logger.debug("The lease {} has ended before", lease);
		}
	}

	@SuppressWarnings("NullAway") // What runs may return null, and only then does this.
	private <T extends @Nullable Object> T run(Supplier<T> action) {
		for (int races = 1;; races++) {
			try {
				return this.transaction.execute((status) -> action.get());
			}
			catch (ConcurrencyFailureException ex) {
				if (races == RACES) {
					throw ex;
				}
			}
		}
	}

	/**
	 * An event for a client.
	 *
	 * @param lease what the client answers under
	 * @param event the event
	 * @param attempt the number of this attempt, from 1
	 * @param expires when the lease ends
	 */
	public record Work(UUID lease, Event<byte @Nullable []> event, int attempt, Instant expires) {

	}

}
