package dev.busbar.egress.feed.intake;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.busbar.bus.Delivery;
import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.JdbcFeed;
import dev.busbar.egress.feed.TestFeed;
import dev.busbar.store.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class FeedWriterTests {

	private final TestDatabase database = TestDatabase.h2().withTables();

	private final JdbcFeed feed = TestFeed.on(this.database, "app", Clock.systemUTC());

	private final List<List<Long>> told = new CopyOnWriteArrayList<>();

	private final List<String> acknowledged = new CopyOnWriteArrayList<>();

	private final CountDownLatch entered = new CountDownLatch(1);

	private final CountDownLatch leave = new CountDownLatch(1);

	private final AtomicInteger transactions = new AtomicInteger();

	private final FeedWriter writer = new FeedWriter(this.feed, this.database.transaction(),
			() -> List.of(this::listen));

	private void listen(List<FeedEvent> events) {
		assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isTrue();
		this.transactions.incrementAndGet();
		if (events.stream().anyMatch((event) -> event.event().type().equals("first"))) {
			this.entered.countDown();
			await(this.leave);
		}
		if (events.stream().anyMatch((event) -> event.event().type().equals("poison"))) {
			throw new IllegalStateException("poison");
		}
		this.told.add(events.stream().map(FeedEvent::number).toList());
	}

	@AfterEach
	void close() {
		this.leave.countDown();
		this.database.close();
	}

	@Test
	void listenersAndTheAcknowledgmentShareTheTransaction() {
		this.writer.add(List.of(TestFeed.event("a"), TestFeed.event("b")), delivery("one"));
		assertThat(this.told).containsExactly(List.of(1L, 2L));
		assertThat(this.acknowledged).containsExactly("one in a transaction");
		assertThat(this.feed.last()).isEqualTo(2);
	}

	@Test
	void whatAListenerThrowsRollsAllOfItBack() {
		assertThatIllegalStateException()
			.isThrownBy(() -> this.writer.add(List.of(TestFeed.event("poison")), delivery("one")));
		assertThat(this.feed.last()).isZero();
		assertThat(this.acknowledged).isEmpty();
	}

	@Test
	void aRedeliveredBatchTellsNobodyAndIsAcknowledged() {
		var events = List.of(TestFeed.event("a"));
		this.writer.add(events, delivery("one"));
		this.writer.add(events, delivery("two"));
		this.writer.add(List.of(), delivery("none"));
		assertThat(this.told).hasSize(1);
		assertThat(this.acknowledged).hasSize(3);
	}

	@Test
	void batchesThatWaitShareATransaction() throws Exception {
		run(List.of("a", "b", "c", "d"));
		assertThat(this.transactions).hasValue(2);
		assertThat(this.told).hasSize(2).containsOnlyOnce(List.of(1L)).contains(List.of(2L, 3L, 4L, 5L));
		assertThat(this.acknowledged).hasSize(5);
	}

	@Test
	void onePoisonedBatchDoesNotHoldUpTheOthersThatWait() throws Exception {
		assertThat(run(List.of("a", "poison", "b", "c"))).containsExactly("poison");
		assertThat(this.feed.last()).isEqualTo(4);
		assertThat(this.acknowledged).hasSize(4);
		assertThat(this.told.stream().flatMap(List::stream)).containsExactly(1L, 2L, 3L, 4L);
	}

	/** Writes a batch for each type while another is being written. */
	private List<String> run(List<String> types) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(types.size() + 1);
		List<String> failed = new ArrayList<>();
		try {
			Future<?> first = threads
				.submit(() -> this.writer.add(List.of(TestFeed.event("first")), delivery("first")));
			await(this.entered);
			List<Future<?>> others = new ArrayList<>();
			for (String type : types) {
				others.add(threads.submit(() -> this.writer.add(List.of(TestFeed.event(type)), delivery(type))));
			}
			Awaitility.await().until(() -> this.writer.waiting() == types.size());
			this.leave.countDown();
			first.get(30, TimeUnit.SECONDS);
			for (int i = 0; i < types.size(); i++) {
				try {
					others.get(i).get(30, TimeUnit.SECONDS);
				}
				catch (java.util.concurrent.ExecutionException ex) {
					failed.add(Objects.requireNonNull(ex.getCause()).getMessage());
				}
			}
		}
		finally {
			threads.shutdown();
		}
		return failed;
	}

	private Delivery delivery(String name) {
		AcknowledgmentCallback callback = (status) -> this.acknowledged
			.add(name + (TransactionSynchronizationManager.isActualTransactionActive() ? " in a transaction" : ""));
		return new Delivery(new byte[0],
				Map.of("id", UUID.randomUUID(), IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, callback));
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
