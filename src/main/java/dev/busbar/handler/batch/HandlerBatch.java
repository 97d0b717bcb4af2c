package dev.busbar.handler.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.event.Event;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.incoming.IncomingReader;
import dev.busbar.handler.result.HandlingStoppedException;
import dev.busbar.handler.result.Patience;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.outbox.Outbox.OutboxEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;

/**
 * Handles what the broker delivers on one stream: several events in one transaction with
 * the inbox and the results, the results published after the commit, the acknowledgment
 * last. If a transaction fails, its events are taken again one by one, each with its
 * attempts, and end as dead letters rather than block their partition. While the database
 * is away it waits in place. It throws only when handling is stopped or another consumer
 * has taken over: then the broker delivers again.
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

	HandlerBatch(EventStream stream, IncomingReader reader, HandlingStores stores, BatchTransaction transaction,
			ResultPublisher publisher, HandlingProperties properties, Patience patience) {
		this.stream = stream;
		this.reader = reader;
		this.stores = stores;
		this.transaction = transaction;
		this.publisher = publisher;
		this.properties = properties;
		this.patience = patience;
		this.chunkSize = new ChunkSize(properties);
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
		List<Delivery> deliveries = Delivery.unpack(message);
		for (int from = 0; from < deliveries.size();) {
			this.patience.check();
			List<Incoming> chunk = chunk(deliveries.subList(from, deliveries.size()));
			handleTogether(chunk);
			from += chunk.size();
		}
	}

	/**
	 * As many deliveries as share a transaction, decoded no sooner than they are handled.
	 */
	private List<Incoming> chunk(List<Delivery> deliveries) {
		int limit = Math.min(deliveries.size(), this.chunkSize.next());
		List<Incoming> chunk = new ArrayList<>(limit);
		for (Delivery delivery : deliveries.subList(0, limit)) {
			Incoming incoming = this.reader.read(delivery);
			HandlerFunction handler = incoming.handler();
			boolean alone = handler != null && handler.ownTransaction();
			if (alone && !chunk.isEmpty()) {
				break;
			}
			chunk.add(incoming);
			if (alone) {
				break;
			}
		}
		return chunk;
	}

	private void handleTogether(List<Incoming> chunk) {
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
		chunk.forEach(this::handleAlone);
	}

	private void handleAlone(Incoming incoming) {
		Instant firstFailure = null;
		for (int attempt = 1;; attempt++) {
			try {
				attempt(List.of(incoming), attempt);
				return;
			}
			catch (AcknowledgmentException | HandlingStoppedException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				firstFailure = (firstFailure != null) ? firstFailure : this.stores.clock().instant();
				if (attempt >= this.properties.attempts()) {
					bury(incoming, ex, attempt, firstFailure);
					return;
				}
				Duration pause = this.properties.backoffAfter(attempt);
				logFailure(incoming, ex, attempt, pause);
				this.patience.pause(pause);
			}
		}
	}

	private void logFailure(Incoming incoming, RuntimeException failure, int attempt, Duration pause) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		logger.warn("failed type={} id={} source={} attempt={} of {} next-in={} handler={} exception={}: {}",
				(incoming.raw() != null) ? incoming.raw().type() : null,
				(incoming.raw() != null) ? incoming.raw().id() : null,
				(incoming.raw() != null) ? incoming.raw().source() : null, attempt, this.properties.attempts(), pause,
				(incoming.handler() != null) ? incoming.handler().name() : null, cause.getClass().getName(),
				abbreviated(String.valueOf(cause.getMessage())));
	}

	private static String abbreviated(String text) {
		return (text.length() <= LOGGED) ? text : text.substring(0, LOGGED);
	}

	/**
	 * Handles deliveries in one transaction and publishes what it committed. Returns when
	 * both are done; races with other transactions and an absent database count as no
	 * attempt.
	 */
	private void attempt(List<Incoming> chunk, int attempt) {
		AtomicLong start = new AtomicLong();
		List<OutboxEntry> results = this.transaction.commit(chunk, () -> {
			start.set(System.nanoTime());
			return new Handling(this.stream.name(), this.stores, chunk, attempt).run();
		});
		this.chunkSize.observe(chunk.size(), System.nanoTime() - start.get());
		this.publisher.publish(results);
	}

	/**
	 * Makes a dead letter, unless the event was handled after all: by another consumer,
	 * or by a commit whose answer was lost.
	 */
	private void bury(Incoming incoming, RuntimeException failure, int attempts, Instant firstFailure) {
		List<OutboxEntry> results = this.transaction.commit(List.of(incoming), () -> {
			Event<byte @Nullable []> event = incoming.raw();
			if (event != null && !this.stores.inbox().bury(this.stores.group(), event, incoming.token(), attempts)) {
				return this.stores.outbox().unpublished(this.stores.group(), List.of(event));
			}
			this.stores.deadLetters().keep(this.stream.name(), incoming, failure, attempts, firstFailure);
			return List.of();
		});
		this.publisher.publish(results);
	}

}
