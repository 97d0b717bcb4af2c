package dev.busbar.bus.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.event.Event;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaEventSenderTests {

	private final EventStream stream = KafkaApplication.stream("sender.tested", 1);

	private final MockProducer<byte[], byte[]> producer = new MockProducer<>(cluster(), true,
			new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());

	private final AtomicInteger opened = new AtomicInteger();

	private final KafkaEventSender sender = new KafkaEventSender(() -> {
		this.opened.incrementAndGet();
		return this.producer;
	}, EventStream::name, Duration.ofSeconds(1));

	@Test
	void anEventThatCannotBeWrittenIsRejectedAloneAndTheProducerStays() {
		List<OutgoingEvent> batch = List.of(event("1", Instant.EPOCH), event("2", Instant.MAX), event("3", null));
		this.sender.send(batch);
		assertThat(batch.get(0).stored()).isCompleted();
		assertThatThrownBy(() -> batch.get(1).stored().join()).hasCauseInstanceOf(EventRejectedException.class)
			.hasMessageContaining("'time' is out of range");
		assertThat(batch.get(2).stored()).isCompleted();
		this.sender.send(List.of(event("4", null)));
		assertThat(this.producer.history()).hasSize(3);
		assertThat(this.opened).hasValue(1);
		assertThat(this.producer.closed()).isFalse();
	}

	@Test
	void aPublisherNeedNotWaitUntilTheWholeBatchIsConfirmed() throws Exception {
		CountDownLatch flushed = new CountDownLatch(1);
		MockProducer<byte[], byte[]> slow = new MockProducer<>(cluster(), false, new RoundRobinPartitioner(),
				new ByteArraySerializer(), new ByteArraySerializer()) {

			/** Waits, as Kafka's does, until all is confirmed. */
			@Override
			public void flush() {
				try {
					assertThat(flushed.await(10, TimeUnit.SECONDS)).isTrue();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}

		};
		KafkaEventSender sending = new KafkaEventSender(() -> slow, EventStream::name, Duration.ofSeconds(60));
		List<OutgoingEvent> batch = List.of(event("1", null), event("2", null));
		CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sending.send(batch));
		Awaitility.await().until(slow::completeNext);
		batch.get(0).stored().get(10, TimeUnit.SECONDS);
		assertThat(sent).isNotDone();
		assertThat(batch.get(1).stored()).isNotDone();
		Awaitility.await().until(slow::completeNext);
		flushed.countDown();
		sent.get(10, TimeUnit.SECONDS);
		assertThat(batch.get(1).stored()).isCompleted();
	}

	private OutgoingEvent event(String id, @Nullable Instant time) {
		Event<byte @Nullable []> event = new Event<>(id, "/test", "sender.tested", null, time, "k", null, null, null,
				null, Map.of(), new byte[] { '1' });
		return new OutgoingEvent(this.stream, 0, event, new CompletableFuture<>());
	}

	private static Cluster cluster() {
		return new Cluster("mock", List.of(),
				List.of(new PartitionInfo("sender.tested", 0, Node.noNode(), new Node[0], new Node[0])), Set.of(),
				Set.of());
	}

}
