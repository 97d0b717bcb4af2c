package dev.busbar.bus.commit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerProbe;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.Partitions;
import dev.busbar.bus.TestEvents;
import dev.busbar.event.Event;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class GroupCommitBusTests {

	private final List<List<String>> batches = new CopyOnWriteArrayList<>();

	private final CountDownLatch gate = new CountDownLatch(1);

	private @Nullable Backlog backlog;

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final List<GroupCommitBus> buses = new ArrayList<>();

	@AfterEach
	void stop() throws InterruptedException {
		this.gate.countDown();
		this.callers.shutdownNow();
		for (GroupCommitBus bus : this.buses) {
			bus.destroy();
		}
	}

	@Test
	void everyEventOfManyCallersIsStoredOnceAndEachCallersOrderIsKept() throws Exception {
		GroupCommitBus bus = bus((event) -> event.stored().complete(null));
		List<Future<?>> done = new ArrayList<>();
		for (int caller = 0; caller < 16; caller++) {
			String name = "caller" + caller;
			done.add(this.callers.submit(() -> {
				for (int i = 0; i < 500; i++) {
					bus.publish(TestEvents.event("a", name + "/" + i, "k"));
				}
			}));
		}
		for (Future<?> each : done) {
			each.get();
		}
		Map<String, Integer> next = new LinkedHashMap<>();
		for (String id : this.batches.stream().flatMap(List::stream).toList()) {
			String[] parts = id.split("/", 2);
			assertThat(Integer.parseInt(parts[1])).isEqualTo(next.merge(parts[0], 1, Integer::sum) - 1);
		}
		assertThat(next.values()).hasSize(16).containsOnly(500);
	}

	@Test
	void anEventOfAKeyThatWaitsIsStoredBehindAndTheOthersAreSent() {
		Waiting waiting = new Waiting("k1");
		this.backlog = waiting;
		GroupCommitBus bus = bus((event) -> event.stored().complete(null));
		bus.publishAll(List.of(TestEvents.event("a", "1", "k1"), TestEvents.event("a", "2", "k2"),
				TestEvents.event("b", "3", "k1"), TestEvents.event("a", "4", null)));
		assertThat(waiting.appended).containsExactly("1", "3");
		assertThat(this.batches).containsExactly(List.of("2", "4"));
	}

	@Test
	void whoseAnswerIsNotThereGoesLaterAndIsWaitedFor() throws Exception {
		Asked asked = new Asked();
		this.backlog = asked;
		GroupCommitBus bus = gated();
		List<Future<?>> done = new ArrayList<>();
		done.add(this.callers.submit(() -> bus.publish(TestEvents.event("a", "first", "k1"))));
		Awaitility.await().until(() -> this.batches.size() == 1);
		CompletableFuture<@Nullable Set<Integer>> answer = new CompletableFuture<>();
		done.add(this.callers.submit(() -> bus.publish(TestEvents.event("a", "second", "k1"))));
		Awaitility.await().until(() -> bus.queued() == 1);
		asked.next = answer;
		done.add(this.callers.submit(() -> bus.publish(TestEvents.event("a", "third", "k1"))));
		Awaitility.await().until(() -> bus.queued() == 2);
		asked.next = CompletableFuture.completedFuture(Set.of());
		done.add(this.callers.submit(() -> bus.publish(TestEvents.event("a", "fourth", "k2"))));
		Awaitility.await().until(() -> bus.queued() == 3);
		this.gate.countDown();
		// Else the answer never comes: nobody would be told.
		done.get(1).get(10, TimeUnit.SECONDS);
		assertThat(this.batches).containsExactly(List.of("first"), List.of("second"));
		answer.complete(Set.of(Partitions.of("k1", Backlog.SLOTS)));
		for (Future<?> each : done) {
			each.get();
		}
		assertThat(asked.appended).containsExactly("third");
		assertThat(this.batches).containsExactly(List.of("first"), List.of("second"), List.of("fourth"));
	}

	@Test
	void whatGotNoAnswerIsAskedForWhenItIsSent() {
		Asked asked = new Asked();
		asked.next = CompletableFuture.completedFuture(null);
		asked.later = Set.of(Partitions.of("k1", Backlog.SLOTS));
		this.backlog = asked;
		GroupCommitBus bus = bus((event) -> event.stored().complete(null));
		bus.publishAll(List.of(TestEvents.event("a", "1", "k1"), TestEvents.event("a", "2", "k2")));
		assertThat(asked.appended).containsExactly("1");
		assertThat(this.batches).containsExactly(List.of("2"));
	}

	@Test
	void whatHasWaitedIsSentWithoutAsking() {
		Waiting waiting = new Waiting("k1");
		this.backlog = waiting;
		bus((event) -> event.stored().complete(null)).publishWaiting(List.of(TestEvents.event("a", "1", "k1")));
		assertThat(waiting.appended).isEmpty();
		assertThat(this.batches).containsExactly(List.of("1"));
	}

	@Test
	void whatIsRefusedInATransactionIsToldAndTheOthersAreSent() {
		GroupCommitBus bus = shared("2");
		List<String> told = new ArrayList<>();
		List<Event<byte @Nullable []>> events = List.of(TestEvents.event("a", "1", "k1"),
				TestEvents.event("a", "2", "k2"), TestEvents.event("a", "3", "k3"));
		assertThat(
				bus.publishInTransaction(events, (event, refusal) -> told.add(event.id() + " " + refusal.getMessage())))
			.isTrue();
		assertThat(told).containsExactly("2 too large");
		assertThatExceptionOfType(EventRejectedException.class).isThrownBy(() -> bus.publishInTransaction(events))
			.withMessage("too large");
		assertThatExceptionOfType(EventRejectedException.class).isThrownBy(() -> bus.publishWaiting(events))
			.withMessage("too large");
		assertThat(this.batches).containsOnly(List.of("1", "2", "3"));
	}

	/** A bus whose broker shares the transaction and refuses one event. */
	private GroupCommitBus shared(String refused) {
		EventSender sender = new EventSender() {

			@Override
			public void send(List<OutgoingEvent> batch) {
				throw new IllegalStateException("outside of the transaction");
			}

			@Override
			public boolean sendInTransaction(List<OutgoingEvent> batch) {
				if (!batch.isEmpty()) {
					GroupCommitBusTests.this.batches.add(batch.stream().map((event) -> event.event().id()).toList());
				}
				batch.stream()
					.filter((event) -> event.event().id().equals(refused))
					.forEach((event) -> event.stored()
						.completeExceptionally(new EventRejectedException("too large", null)));
				return true;
			}

		};
		return keep(new GroupCommitBus(streams(), sender, new BrokerWatch(null, Duration.ofSeconds(1), (change) -> {
		}), null, properties(Duration.ofSeconds(10))));
	}

	@Test
	void whatGathersDuringOneSendGoesTogetherWithTheNext() throws Exception {
		GroupCommitBus bus = gated();
		List<Future<?>> done = publishBehindTheGate(bus, 50);
		this.gate.countDown();
		for (Future<?> each : done) {
			each.get();
		}
		assertThat(this.batches).hasSize(2);
		assertThat(this.batches.get(1)).hasSize(50);
	}

	@Test
	void aFailureConcernsItsOwnPublisherAlone() throws Exception {
		GroupCommitBus bus = gated();
		List<Future<?>> done = publishBehindTheGate(bus, 10);
		Future<?> bad = this.callers.submit(() -> bus.publish(TestEvents.event("a", "bad", "k")));
		Awaitility.await().until(() -> bus.queued() == 11);
		this.gate.countDown();
		for (Future<?> each : done) {
			each.get();
		}
		assertThatExceptionOfType(java.util.concurrent.ExecutionException.class).isThrownBy(bad::get)
			.withCauseInstanceOf(EventRejectedException.class);
	}

	@Test
	void aLargeRequestGoesInBoundedBatchesAndStopsAtTheFirstFailure() {
		GroupCommitBus bus = bus((event) -> {
			if (event.event().id().equals("7")) {
				event.stored().completeExceptionally(new EventRejectedException("too large", null));
			}
			event.stored().complete(null);
		}, new BusProperties(5, DataSize.ofMegabytes(1), Duration.ofSeconds(5), Duration.ofSeconds(1)));
		assertThatExceptionOfType(EventRejectedException.class).isThrownBy(() -> bus.publishAll(
				IntStream.range(0, 20).mapToObj((i) -> TestEvents.event("a", String.valueOf(i), "k")).toList()));
		assertThat(this.batches).containsExactly(List.of("0", "1", "2", "3", "4"), List.of("5", "6", "7", "8", "9"));
	}

	@Test
	void aBatchIsBoundedInBytes() {
		GroupCommitBus bus = bus((event) -> event.stored().complete(null),
				new BusProperties(1000, DataSize.ofKilobytes(4), Duration.ofSeconds(5), Duration.ofSeconds(1)));
		bus.publishAll(IntStream.range(0, 4)
			.mapToObj((i) -> TestEvents.event("a", String.valueOf(i), "k", new byte[1_500]))
			.toList());
		assertThat(this.batches).containsExactly(List.of("0", "1"), List.of("2", "3"));
	}

	@Test
	void anUnknownTypeIsRefusedWithTheKnownOnes() {
		GroupCommitBus bus = bus((event) -> event.stored().complete(null));
		assertThatIllegalArgumentException().isThrownBy(
				() -> bus.publishAll(List.of(TestEvents.event("a", "1", null), TestEvents.event("other", "2", null))))
			.withMessageContaining("'other'")
			.withMessageContaining("[a, b]");
		assertThat(this.batches).isEmpty();
	}

	@Test
	void whileTheBrokerIsAwayNothingIsSentAndTheAddressIsTold() {
		GroupCommitBus bus = keep(new GroupCommitBus(streams(), sender((event) -> event.stored().complete(null)),
				new BrokerWatch(new Away(), Duration.ofSeconds(1), (change) -> {
				}), null, properties(Duration.ofSeconds(5))));
		assertThatExceptionOfType(BrokerUnavailableException.class)
			.isThrownBy(() -> bus.publish(TestEvents.event("a", "1", null)))
			.withMessageContaining("broker.example:1");
		assertThat(this.batches).isEmpty();
	}

	@Test
	void aSenderThatForgetsOrThrowsLeavesNobodyWaiting() {
		GroupCommitBus forgetful = bus((event) -> {
		});
		assertThatExceptionOfType(BrokerUnavailableException.class)
			.isThrownBy(() -> forgetful.publish(TestEvents.event("a", "1", null)));
		GroupCommitBus throwing = bus((event) -> {
			throw new AssertionError("broken");
		});
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(BrokerUnavailableException.class)
				.isThrownBy(() -> throwing.publish(TestEvents.event("a", "1", null)));
		}
	}

	@Test
	void anErrorOutsideTheSenderLeavesNobodyWaitingAndTheBusGoesOn() throws Exception {
		Moody probe = new Moody();
		BrokerWatch watch = new BrokerWatch(probe, Duration.ofMillis(10), (change) -> {
		});
		watch.start();
		try {
			GroupCommitBus bus = keep(new GroupCommitBus(streams(), sender((event) -> {
				awaitGate();
				event.stored().complete(null);
			}), watch, null, properties(Duration.ofSeconds(20))));
			List<Future<?>> done = publishBehindTheGate(bus, 1);
			probe.there = false;
			watch.recheck();
			probe.broken = true;
			this.gate.countDown();
			assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
				.isThrownBy(() -> done.get(1).get(60, TimeUnit.SECONDS))
				.withRootCauseInstanceOf(AssertionError.class);
			probe.broken = false;
			probe.there = true;
			Awaitility.await().until(watch::available);
			bus.publish(TestEvents.event("a", "later", null));
		}
		finally {
			watch.stop();
		}
	}

	@Test
	void aSenderThatHangsEndsAtTheTimeoutAndTheWaitingAreNeverSent() {
		GroupCommitBus bus = bus((event) -> {
			awaitGate();
			event.stored().complete(null);
		}, properties(Duration.ofSeconds(1)));
		assertThatExceptionOfType(BrokerUnavailableException.class)
			.isThrownBy(() -> bus.publish(TestEvents.event("a", "1", null)))
			.withMessageContaining("did not confirm within PT2S");
		assertThatExceptionOfType(BrokerUnavailableException.class)
			.isThrownBy(() -> bus.publish(TestEvents.event("a", "2", null)))
			.withMessageContaining("Not sent")
			.withMessageContaining("within PT1S");
		this.gate.countDown();
		bus.publish(TestEvents.event("a", "3", null));
		assertThat(this.batches).containsExactly(List.of("1"), List.of("3"));
	}

	@Test
	void whatIsBeingSentAtTheTimeoutIsWaitedFor() {
		GroupCommitBus bus = bus((event) -> {
			awaitGate();
			event.stored().complete(null);
		}, properties(Duration.ofSeconds(3)));
		CompletableFuture.delayedExecutor(4500, TimeUnit.MILLISECONDS).execute(this.gate::countDown);
		bus.publish(TestEvents.event("a", "late", null));
		assertThat(this.batches).containsExactly(List.of("late"));
	}

	@Test
	void anInterruptedPublisherReturnsAtOnceAndOthersAreServed() throws Exception {
		GroupCommitBus bus = gated();
		CompletableFuture<Boolean> flag = new CompletableFuture<>();
		Thread publisher = new Thread(() -> {
			try {
				bus.publish(TestEvents.event("a", "interrupted", null));
			}
			catch (BrokerUnavailableException ex) {
				flag.complete(Thread.currentThread().isInterrupted());
			}
		});
		publisher.start();
		Awaitility.await().until(() -> this.batches.size() == 1);
		publisher.interrupt();
		assertThat(flag.get()).isTrue();
		this.gate.countDown();
		bus.publish(TestEvents.event("a", "other", null));
	}

	@Test
	void aStoppedBusSendsWhatWaitsAndRefusesWhatComes() throws Exception {
		GroupCommitBus bus = gated();
		List<Future<?>> done = publishBehindTheGate(bus, 3);
		this.gate.countDown();
		bus.destroy();
		for (Future<?> each : done) {
			each.get();
		}
		assertThatExceptionOfType(BrokerUnavailableException.class)
			.isThrownBy(() -> bus.publish(TestEvents.event("a", "late", null)));
	}

	private List<Future<?>> publishBehindTheGate(GroupCommitBus bus, int count) {
		List<Future<?>> done = new ArrayList<>();
		done.add(this.callers.submit(() -> bus.publish(TestEvents.event("a", "first", null))));
		Awaitility.await().until(() -> this.batches.size() == 1);
		for (int i = 0; i < count; i++) {
			String id = "id" + i;
			done.add(this.callers.submit(() -> bus.publish(TestEvents.event("a", id, null))));
		}
		Awaitility.await().until(() -> bus.queued() == count);
		return done;
	}

	private GroupCommitBus gated() {
		return bus((event) -> {
			awaitGate();
			if (event.event().id().equals("bad")) {
				event.stored().completeExceptionally(new EventRejectedException("bad", null));
			}
			event.stored().complete(null);
		});
	}

	private void awaitGate() {
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private GroupCommitBus bus(Consumer<OutgoingEvent> store) {
		return bus(store, properties(Duration.ofSeconds(60)));
	}

	private GroupCommitBus bus(Consumer<OutgoingEvent> store, BusProperties properties) {
		return keep(
				new GroupCommitBus(streams(), sender(store), new BrokerWatch(null, Duration.ofSeconds(1), (change) -> {
				}), this.backlog, properties));
	}

	private GroupCommitBus keep(GroupCommitBus bus) {
		this.buses.add(bus);
		return bus;
	}

	private EventSender sender(Consumer<OutgoingEvent> store) {
		return (batch) -> {
			this.batches.add(batch.stream().map((event) -> event.event().id()).toList());
			batch.forEach(store);
		};
	}

	private static BusProperties properties(Duration timeout) {
		return new BusProperties(1000, DataSize.ofMegabytes(8), timeout, Duration.ofSeconds(1));
	}

	private static EventStreams streams() {
		return new EventStreams(List.of(new EventStream("a", "a", Set.of("a"), 4, true),
				new EventStream("b", "b", Set.of("b"), 1, false)));
	}

	private static final class Moody implements BrokerProbe {

		private volatile boolean there = true;

		private volatile boolean broken;

		@Override
		public String address() {
			if (this.broken) {
				throw new AssertionError("broken");
			}
			return "broker.example:1";
		}

		@Override
		public void probe() throws java.io.IOException {
			if (!this.there) {
				throw new java.io.IOException("away");
			}
		}

	}

	private static final class Away implements BrokerProbe {

		@Override
		public String address() {
			return "broker.example:1";
		}

		@Override
		public void probe() throws java.io.IOException {
			throw new java.io.IOException("away");
		}

	}

	/** Answers when the test does. */
	private static final class Asked implements Backlog {

		final List<String> appended = new CopyOnWriteArrayList<>();

		volatile CompletableFuture<@Nullable Set<Integer>> next = CompletableFuture.completedFuture(Set.of());

		@Nullable Set<Integer> later;

		@Override
		public Answer ask(Set<Integer> slots) {
			CompletableFuture<@Nullable Set<Integer>> answer = this.next;
			return new Answer() {

				@Override
				public boolean isReady() {
					return answer.isDone();
				}

				@Override
				public @Nullable Set<Integer> waiting() {
					return answer.join();
				}

			};
		}

		@Override
		public Set<Integer> waiting(Set<Integer> slots) {
			return Objects.requireNonNull(this.later, "asked twice");
		}

		@Override
		public void append(List<Event<byte @Nullable []>> events) {
			events.forEach((event) -> this.appended.add(event.id()));
		}

		@Override
		public @Nullable String refusal() {
			return null;
		}

	}

	/** Events of one key wait. */
	private static final class Waiting implements Backlog {

		final List<String> appended = new CopyOnWriteArrayList<>();

		private final int slot;

		Waiting(String key) {
			this.slot = Partitions.of(key, SLOTS);
		}

		@Override
		public Set<Integer> waiting(Set<Integer> slots) {
			return slots.contains(this.slot) ? Set.of(this.slot) : Set.of();
		}

		@Override
		public void append(List<Event<byte @Nullable []>> events) {
			events.forEach((event) -> this.appended.add(event.id()));
		}

		@Override
		public @Nullable String refusal() {
			return null;
		}

	}

}
