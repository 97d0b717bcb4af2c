package dev.busbar.bus.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.Partitions;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * Sends a batch through one producer that all streams share, and waits until Kafka has
 * confirmed each record. The partition is chosen by the number of partitions that the
 * topic has, whatever is configured: a topic that exists with more or fewer keeps the
 * order of each key.
 */
final class KafkaEventSender implements EventSender, DisposableBean {

	private static final Duration CLOSING = Duration.ofSeconds(2);

	private final Supplier<Producer<byte[], byte[]>> producers;

	private final Function<EventStream, String> topics;

	private final Duration patience;

	private @Nullable Producer<byte[], byte[]> producer;

	private boolean broken;

	/**
	 * Creates a sender that has not yet opened a producer.
	 * @param producers opens a producer
	 * @param topics the topic of a stream
	 * @param patience how long to wait for the confirmations
	 */
	KafkaEventSender(Supplier<Producer<byte[], byte[]>> producers, Function<EventStream, String> topics,
			Duration patience) {
		this.producers = producers;
		this.topics = topics;
		this.patience = patience;
	}

	@Override
	public synchronized void send(List<OutgoingEvent> batch) {
		long deadline = System.nanoTime() + this.patience.toNanos();
		boolean interrupted = false;
		try {
			List<Sent> sent = dispatch(open(), batch);
			interrupted = flush(open());
			for (Sent one : sent) {
				interrupted |= await(one, deadline);
			}
		}
		catch (RuntimeException ex) {
			batch.forEach((event) -> event.stored().completeExceptionally(translate(ex)));
		}
		if (this.broken) {
			reset();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public synchronized void destroy() {
		Producer<byte[], byte[]> open = this.producer;
		this.producer = null;
		if (open != null) {
			open.close(CLOSING);
		}
	}

	private Producer<byte[], byte[]> open() {
		Producer<byte[], byte[]> open = this.producer;
		if (open == null) {
			open = this.producers.get();
			this.producer = open;
		}
		return open;
	}

	private List<Sent> dispatch(Producer<byte[], byte[]> open, List<OutgoingEvent> batch) {
		List<Sent> sent = new ArrayList<>(batch.size());
		Map<String, Integer> counts = new HashMap<>();
		// A topic that fails once fails for the whole batch: each try may block, and
		// later events must not overtake.
		Map<String, RuntimeException> failed = new HashMap<>();
		for (OutgoingEvent event : batch) {
			String topic = this.topics.apply(event.stream());
			RuntimeException failure = failed.get(topic);
			if (failure != null) {
				event.stored().completeExceptionally(failure);
				continue;
			}
			try {
				int count = counts.computeIfAbsent(topic, (name) -> open.partitionsFor(name).size());
				ProducerRecord<byte[], byte[]> message = message(topic, count, event);
				if (message != null) {
					sent.add(new Sent(event, open.send(message, (metadata, refusal) -> confirmed(event, refusal))));
				}
			}
			catch (RuntimeException ex) {
				RuntimeException translated = translate(ex);
				event.stored().completeExceptionally(translated);
				failed.put(topic, translated);
			}
		}
		return sent;
	}

	/**
	 * At once: its publisher waits for nothing else. Failures are told once all is known.
	 */
	private static void confirmed(OutgoingEvent event, @Nullable Exception failure) {
		if (failure == null) {
			event.stored().complete(null);
		}
	}

	/** The event's record; null if there can be none, which is this event's own fault. */
	private static @Nullable ProducerRecord<byte[], byte[]> message(String topic, int partitions, OutgoingEvent event) {
		try {
			return record(topic, partitions, event.event());
		}
		catch (RuntimeException ex) {
			event.stored()
				.completeExceptionally(
						new EventRejectedException("The event cannot be written: " + ex.getMessage(), ex));
			return null;
		}
	}

	private static ProducerRecord<byte[], byte[]> record(String topic, int partitions, Event<byte @Nullable []> event) {
		String key = event.key();
		ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, Partitions.of(event, partitions),
				(key != null) ? utf8(key) : null, event.data());
		Headers headers = message.headers();
		EventHeaders.write(event, EventHeaders.KAFKA_PREFIX).forEach((name, value) -> headers.add(name, utf8(value)));
		String contentType = event.dataContentType();
		headers.add("content-type", utf8((contentType != null) ? contentType : "application/json"));
		return message;
	}

	private static boolean flush(Producer<byte[], byte[]> open) {
		try {
			open.flush();
			return false;
		}
		catch (InterruptException ex) {
			// The exception has set the flag again; the confirmations are awaited anyhow.
			return Thread.interrupted();
		}
	}

	private boolean await(Sent sent, long deadline) {
		boolean interrupted = false;
		while (true) {
			try {
				sent.confirmation.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
				sent.event.stored().complete(null);
			}
			catch (InterruptedException ex) {
				interrupted = true;
				continue;
			}
			catch (TimeoutException ex) {
				sent.event.stored()
					.completeExceptionally(
							new BrokerUnavailableException("Kafka did not confirm within " + this.patience, ex));
			}
			catch (ExecutionException ex) {
				sent.event.stored().completeExceptionally(translate(ex.getCause()));
			}
			return interrupted;
		}
	}

	/** What the producer cannot recover from, a new one may. */
	private void reset() {
		Producer<byte[], byte[]> failed = this.producer;
		this.producer = null;
		this.broken = false;
		if (failed != null) {
			failed.close(Duration.ZERO);
		}
	}

	private RuntimeException translate(@Nullable Throwable failure) {
		String message = (failure != null) ? String.valueOf(failure.getMessage()) : "unknown failure";
		if (failure instanceof RecordTooLargeException || failure instanceof RecordBatchTooLargeException) {
			return new EventRejectedException("Kafka refuses an event of this size: " + message
					+ " Send less data, or raise 'max.request.size' of the producer and "
					+ "'max.message.bytes' of the topic.", failure);
		}
		if (failure instanceof AuthorizationException || failure instanceof InvalidTopicException) {
			return new EventRejectedException("Kafka refuses the event: " + message, failure);
		}
		this.broken |= !(failure instanceof RetriableException);
		return new BrokerUnavailableException("Kafka did not store the event: " + message, failure);
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private record Sent(OutgoingEvent event, Future<RecordMetadata> confirmation) {

	}

}
