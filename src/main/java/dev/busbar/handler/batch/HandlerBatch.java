package dev.busbar.handler.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.bus.AcknowledgmentException;
import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.Event;
import dev.busbar.event.format.LogText;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.incoming.IncomingReader;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.handler.retry.Aftermath;
import dev.busbar.handler.retry.Lane;
import dev.busbar.handler.retry.Lanes;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.inbox.Inbox.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;

/**
 * Handles what the broker delivers on one stream: several events in one transaction with
 * the inbox and the results, the results published after the commit, the acknowledgment
 * last. If a transaction fails, its events are taken again one by one, each with its
 * attempts, and are put aside or end as dead letters rather than block their partition.
 * While the database is away it waits in place. It throws only when handling is stopped
 * or another consumer has taken over: then the broker delivers again.
 */
final class HandlerBatch implements MessageHandler {

	/** As much of an exception's message as one line of the log shows. */
	private static final int LOGGED = 300;

	private static final Logger logger = LoggerFactory.getLogger(HandlerBatch.class);

	private final EventStream stream;

	private final IncomingReader reader;

	private final HandlingStores stores;

	private final BatchTransaction transaction;

	private final ResultPublisher publisher;

	private final HandlingProperties properties;

	private final Patience patience;

	private final ChunkSize chunkSize;

	private final RetryPolicy policy;

	private final Duration inPlace;

	/**
	 * Prepares the handling of a stream.
	 * @param inPlace how long the events of one delivery may wait in place, altogether
	 */
	HandlerBatch(EventStream stream, IncomingReader reader, HandlingStores stores, BatchTransaction transaction,
			ResultPublisher publisher, HandlingProperties properties, Patience patience, Duration inPlace) {
		this.stream = stream;
		this.reader = reader;
		this.stores = stores;
		this.transaction = transaction;
		this.publisher = publisher;
		this.properties = properties;
		this.patience = patience;
		this.chunkSize = new ChunkSize(properties);
		this.policy = RetryPolicy.of(properties);
		this.inPlace = inPlace;
	}

	@Override
	public void handleMessage(Message<?> message) {
		try {
			handleAll(message);
		}
		catch (AcknowledgmentException | HandlingStoppedException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.error("A batch of the stream '{}' could not even be refused; the broker delivers it again",
					this.stream.name(), ex);
			this.patience.pause(this.properties.maxBackoff());
			throw ex;
		}
	}

	private void handleAll(Message<?> message) {
		Lanes lanes = new Lanes(Delivery.unpack(message), this.patience, this.inPlace);
		for (Lane lane = lanes.next(); lane != null; lane = lanes.next()) {
			Incoming alone = lane.alone();
			if (alone != null) {
				handleAlone(lane, alone, lanes);
			}
			else {
				handleTogether(lane);
			}
		}
	}

	private void handleTogether(Lane lane) {
		List<Incoming> chunk = stored(chunk(lane.deliveries()));
		lane.take(chunk.size());
		if (chunk.size() > 1) {
			try {
				attempt(chunk, 1);
				return;
			}
			catch (AcknowledgmentException | HandlingStoppedException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				logger.debug("{} events are handled one by one after a failure", chunk.size(), ex);
			}
		}
		lane.handleAlone(chunk);
	}

	/**
	 * As many deliveries as share a transaction, decoded no sooner than they are handled.
	 */
	private List<Incoming> chunk(Collection<Delivery> deliveries) {
		int limit = Math.min(deliveries.size(), this.chunkSize.next());
		List<Incoming> chunk = new ArrayList<>(limit);
		for (Delivery delivery : deliveries) {
			Incoming incoming = this.reader.read(delivery);
			HandlerFunction handler = incoming.handler();
			boolean alone = handler != null && handler.ownTransaction();
			if (alone && !chunk.isEmpty()) {
				break;
			}
			chunk.add(incoming);
			if (alone || chunk.size() == limit) {
				break;
			}
		}
		return chunk;
	}

	/** Looks up what is stored about redeliveries, if there are any. */
	private List<Incoming> stored(List<Incoming> chunk) {
		List<UUID> tokens = chunk.stream().map(Incoming::token).filter(Objects::nonNull).toList();
		if (tokens.isEmpty()) {
			return chunk;
		}
		Map<UUID, Redelivery> stored = this.transaction.read(() -> this.stores.redeliveries().find(tokens));
		return chunk.stream()
			.map((it) -> (it.token() != null) ? it.withRedelivery(stored.get(it.token())) : it)
			.toList();
	}

	private void handleAlone(Lane lane, Incoming incoming, Lanes lanes) {
		try {
			attempt(List.of(incoming), lane.tries() + 1);
			lane.done();
		}
		catch (AcknowledgmentException | HandlingStoppedException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			Instant firstFailure = lane.failed(this.stores.clock().instant());
			HandlerFunction handler = incoming.handler();
			RetryPolicy policy = (handler != null) ? handler.retry() : this.policy;
			Aftermath.Step next = Aftermath.after(incoming, policy, lane.tries(), ex, lanes);
			Duration pause = next.pause();
			if (pause != null) {
				logFailure(incoming, ex, lane.tries(), policy, next);
			}
			if (pause != null && next.inPlace()) {
				lane.rest(pause);
				return;
			}
			giveUp(incoming, ex, lane.tries(), firstFailure, pause, policy);
			lane.done();
		}
	}

	private void logFailure(Incoming incoming, RuntimeException failure, int tries, RetryPolicy policy,
			Aftermath.Step next) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		logger.warn("failed type={} id={} source={} attempt={} of {} next-in={}{} handler={} exception={}: {}",
				(incoming.raw() != null) ? incoming.raw().type() : null,
				(incoming.raw() != null) ? incoming.raw().id() : null,
				(incoming.raw() != null) ? incoming.raw().source() : null, Aftermath.before(incoming) + tries,
				policy.most(), next.pause(), next.inPlace() ? "" : " delayed",
				(incoming.handler() != null) ? incoming.handler().name() : null, cause.getClass().getName(),
				LogText.of(cause.getMessage(), LOGGED));
	}

	/**
	 * Handles deliveries in one transaction and publishes what it committed. Returns when
	 * both are done; races with other transactions and an absent database count as no
	 * attempt.
	 */
	private void attempt(List<Incoming> chunk, int attempt) {
		AtomicLong start = new AtomicLong();
		List<OutboxEntry> results = this.transaction.commit(chunk, (marks) -> {
			start.set(System.nanoTime());
			return new Handling(this.stream.name(), this.stores, chunk, attempt, marks).run();
		});
		this.chunkSize.observe(chunk.size(), System.nanoTime() - start.get());
		this.publisher.publish(results);
	}

	/**
	 * Delays an event, or makes a dead letter of it if there is no delay; unless it was
	 * handled after all: by another consumer, or by a commit whose answer was lost.
	 */
	private void giveUp(Incoming incoming, RuntimeException failure, int tries, Instant firstFailure,
			@Nullable Duration delay, RetryPolicy policy) {
		Aftermath aftermath = this.stores.aftermath(this.stream.name());
		List<OutboxEntry> results = this.transaction.commit(List.of(incoming), (marks) -> {
			if (delay != null) {
				Instant due = this.stores.clock().instant().plus(delay);
				Verdict verdict = aftermath.delay(incoming, policy.order(), tries, firstFailure, due);
				return (verdict == Verdict.FIRST) ? List.of()
						: new Handling(this.stream.name(), this.stores, List.of(incoming), 1, marks).run();
			}
			Event<byte @Nullable []> event = incoming.raw();
			if (!aftermath.bury(incoming, failure, tries, firstFailure) && event != null) {
				// First, so that these results are not taken for left behind.
				this.stores.outbox().markPublished(marks.get());
				return this.stores.unpublished(List.of(event));
			}
			return List.of();
		});
		this.publisher.publish(results);
	}

}
