package dev.busbar.outbox.outgoing;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.event.Event;
import dev.busbar.outbox.OutboxFullException;
import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.redelivery.Original;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.redelivery.TestRedeliveries;
import dev.busbar.outbox.schedule.JdbcSchedule;
import dev.busbar.outbox.schedule.OutboxMetrics;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.outbox.schedule.WaitingEvent;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.InboxEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the relay promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RelayContract {

	private static final EventStreams STREAMS = new EventStreams(
			List.of(new EventStream("orders", "orders", Set.of("order.placed"), 4, true)));

	private final TestDatabase database;

	private final RelaySignal signal = new RelaySignal();

	private final Clock clock = Clock.systemUTC();

	private final OutgoingRows rows;

	private final OutgoingSlots slots;

	private final BrokerWatch watch = new BrokerWatch(null, Duration.ofSeconds(1), (change) -> {
	});

	private final List<StoredBacklog> backlogs = new ArrayList<>();

	private RecordingBus bus = new RecordingBus();

	RelayContract(TestDatabase database) {
		this.database = database.withTables();
		this.rows = new OutgoingRows(database.dataSource(), this.clock);
		this.slots = new OutgoingSlots(database.dataSource(), this.rows, "app", List.of("order.placed", "order.big"));
		this.slots.lay();
		this.slots.lay();
	}

	@BeforeEach
	void clear() {
		this.bus = new RecordingBus();
		this.database.jdbc().update("delete from busbar_outgoing");
		this.database.jdbc().update("delete from busbar_gate");
		this.database.jdbc().update("delete from busbar_dead_letter");
		this.database.jdbc().update("delete from busbar_inbox");
	}

	@AfterEach
	void end() {
		this.backlogs.forEach(StoredBacklog::destroy);
		this.backlogs.clear();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void whatATransactionHasStoredIsPublishedInItsOrderAndThenGone() {
		this.database.transaction().executeWithoutResult((status) -> backlog(100).append(events("k", 0, 5)));
		assertThat(drain(batch())).isEqualTo(5);
		assertThat(this.bus.ids()).containsExactly("k-0", "k-1", "k-2", "k-3", "k-4");
		assertThat(count()).isZero();
	}

	@Test
	void whatWasRolledBackIsNotPublished() {
		this.database.transaction().executeWithoutResult((status) -> {
			backlog(100).append(events("k", 0, 5));
			status.setRollbackOnly();
		});
		assertThat(drain(batch())).isZero();
	}

	@Test
	void anEventIsPublishedByteForByteHoweverLarge() {
		byte[] large = ("\"" + "x".repeat(3_000_000) + "\"").getBytes(StandardCharsets.UTF_8);
		Event<byte @Nullable []> event = event("large", "k", "order.big", large);
		backlog(100).append(List.of(event, event("none", "k", "order.big", null)));
		drain(batch());
		assertThat(this.bus.published.get(0)).usingRecursiveComparison()
			.withEqualsForType(Arrays::equals, byte[].class)
			.isEqualTo(event);
		assertThat(this.bus.published.get(1).data()).isNull();
	}

	@Test
	void aBatchIsBoundedInBytes() {
		byte[] large = ("\"" + "x".repeat(900_000) + "\"").getBytes(StandardCharsets.UTF_8);
		backlog(100).append(IntStream.range(0, 10).mapToObj((i) -> event("k-" + i, "k", "order.big", large)).toList());
		assertThat(batch().run()).isEqualTo(4);
		drain(batch());
		assertThat(this.bus.ids()).hasSize(10).isSortedAccordingTo(RelayContract::byNumber);
	}

	@Test
	void twoRelaysAtOnceKeepTheOrderOfEachKey() throws Exception {
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		for (int number = 0; number < 60; number++) {
			for (int key = 0; key < 60; key++) {
				events.add(event("key" + key + "-" + number, "key" + key));
			}
		}
		ExecutorService relays = Executors.newFixedThreadPool(3);
		try {
			List<Future<?>> running = new ArrayList<>();
			CountDownLatch stored = new CountDownLatch(1);
			for (int i = 0; i < 2; i++) {
				running.add(relays.submit(() -> {
					RelayBatch batch = batch();
					while (stored.getCount() > 0 || count() > 0) {
						batch.run();
					}
				}));
			}
			for (int start = 0; start < events.size(); start += 300) {
				backlog(10_000).append(events.subList(start, start + 300));
			}
			stored.countDown();
			for (Future<?> each : running) {
				each.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			relays.shutdown();
		}
		Map<String, List<String>> byKey = new HashMap<>();
		this.bus.ids().forEach((id) -> byKey.computeIfAbsent(id.split("-")[0], (key) -> new ArrayList<>()).add(id));
		assertThat(byKey).hasSize(60);
		assertThat(byKey.values()).allSatisfy((ids) -> assertThat(ids).hasSize(60)
			.doesNotHaveDuplicates()
			.isSortedAccordingTo(RelayContract::byNumber));
	}

	@Test
	void aSlotThatOneRelayHoldsIsLeftToIt() {
		backlog(100).append(events("k", 0, 1));
		TransactionTemplate another = this.database.transaction();
		another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.database.transaction().executeWithoutResult((status) -> {
			assertThat(this.slots.lock(OutgoingSlots.all())).hasSize(Backlog.SLOTS);
			another.executeWithoutResult((inner) -> assertThat(this.slots.lock(OutgoingSlots.all())).isEmpty());
		});
	}

	@Test
	void aCrashBetweenSendAndMarkPublishesAgainUnderTheSameIds() {
		backlog(100).append(events("k", 0, 3));
		RelayBatch crashing = batch(new FailingCommit(this.database.transactions()));
		assertThatExceptionOfType(TransactionSystemException.class).isThrownBy(crashing::run);
		assertThat(this.bus.ids()).containsSubsequence("k-0", "k-1", "k-2");
		assertThat(count()).isEqualTo(3);
		this.bus = new RecordingBus();
		drain(batch());
		assertThat(this.bus.ids()).containsExactly("k-0", "k-1", "k-2");
		assertThat(count()).isZero();
	}

	@Test
	void whatTheBrokerRefusesBecomesADeadLetterAndBlocksNothing() {
		this.bus.failure = (event) -> event.id().equals("k-1") ? new EventRejectedException("too large", null) : null;
		backlog(100).append(events("k", 0, 4));
		backlog(100).append(events("other", 0, 2));
		drain(batch());
		assertThat(new LinkedHashSet<>(this.bus.ids()).stream().filter((id) -> id.startsWith("k")))
			.containsExactly("k-0", "k-2", "k-3");
		assertThat(this.bus.ids()).contains("other-0", "other-1");
		assertThat(this.database.jdbc()
			.queryForList("select event_id || ' of ' || destination from busbar_dead_letter", String.class))
			.containsExactly("k-1 of orders");
		assertThat(count()).isZero();
	}

	@Test
	void aStreamThatTakesNothingNowHoldsUpOnlyItsSlots() {
		this.bus.failure = (event) -> event.id().startsWith("bad") ? new BrokerUnavailableException("stopped", null)
				: null;
		backlog(100).append(events("bad", 0, 2));
		for (int key = 0; key < 10; key++) {
			backlog(100).append(events("good" + key, 0, 1));
		}
		RelayBatch batch = batch();
		Awaitility.await().untilAsserted(() -> {
			try {
				batch.run();
			}
			catch (BrokerUnavailableException ex) {
				// The others have gone before, or go with the next batch.
			}
			assertThat(count()).isEqualTo(2);
		});
		this.bus.failure = (event) -> null;
		drain(batch);
		assertThat(this.bus.ids().stream().filter((id) -> id.startsWith("bad"))).containsExactly("bad-0", "bad-1");
	}

	@Test
	void anEventOfATypeThatOnlyANewerInstanceKnowsIsLeftToIt() {
		backlog(100).append(List.of(event("new", "k", "order.new", null), event("old", "k")));
		drain(batch());
		assertThat(this.bus.ids()).containsExactly("old");
		assertThat(count()).isEqualTo(1);
	}

	@Test
	void aScheduledEventWaitsForItsTimeAndHoldsUpNothing() {
		StoredBacklog backlog = backlog(100);
		backlog.append(events("k", 0, 1), Instant.now().plusSeconds(3600));
		assertThat(drain(batch())).isZero();
		assertThat(backlog.waiting(OutgoingSlots.all())).isEmpty();
		this.database.jdbc().update("update busbar_outgoing set due = current_timestamp - interval '1' minute");
		assertThat(backlog.waiting(OutgoingSlots.all())).hasSize(1);
		assertThat(drain(batch())).isEqualTo(1);
	}

	@Test
	void aRedeliveryGoesToItsGroupAndStaysUntilItIsHandled() {
		UUID token = UUID.randomUUID();
		backlog(100).append(events("k", 0, 1));
		this.database.jdbc().update("update busbar_outgoing set kind = 'RETRY', token = ?", token);
		assertThat(backlog(100).waiting(OutgoingSlots.all())).as("events go past redeliveries").isEmpty();
		assertThat(drain(batch())).isEqualTo(1);
		assertThat(this.bus.published).singleElement()
			.extracting(Event::extensions)
			.isEqualTo(Map.of("busbargroup", "app", "busbartoken", token.toString()));
		assertThat(count()).isEqualTo(1);
		assertThat(drain(batch())).as("not again before the resend interval").isZero();
	}

	@Test
	void aScheduledEventIsListedFoundAndTakenBackUntilItIsDue() {
		Schedule schedule = new JdbcSchedule(this.database.dataSource(), this.database.transaction(), "app",
				this.clock);
		Instant due = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
		backlog(100).append(events("k", 0, 3), due);
		backlog(100).append(events("now", 0, 1));
		assertThat(schedule.list(null, 0, 2)).extracting(WaitingEvent::id).containsExactly("k-0", "k-1");
		assertThat(schedule.list("order.placed", schedule.list(null, 0, 2).get(1).number(), 2))
			.extracting(WaitingEvent::id)
			.containsExactly("k-2");
		assertThat(schedule.list("other", 0, 10)).isEmpty();
		assertThat(schedule.find("k-1", null, 10)).singleElement().extracting(WaitingEvent::due).isEqualTo(due);
		assertThat(schedule.find("now-0", "/test", 10)).singleElement().extracting(WaitingEvent::due).isNull();
		assertThat(schedule.cancel("now-0", "/test")).as("its time has come").isFalse();
		assertThat(schedule.cancel("k-1", "/other")).isFalse();
		assertThat(schedule.cancel("k-1", "/test")).isTrue();
		assertThat(schedule.cancel("k-1", "/test")).isFalse();
		assertThat(schedule.find("k-1", null, 10)).isEmpty();
	}

	@Test
	void theNumbersTellWhatWaits() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		backlog(100).append(events("k", 0, 3), Instant.now().plusSeconds(3600));
		backlog(100).append(events("now", 0, 2));
		this.database.jdbc().update("update busbar_outgoing set stored = stored - interval '1' hour");
		new OutboxMetrics(this.database.dataSource(), "app", this.clock).bindTo(registry);
		assertThat(registry.get("busbar.outbox.waiting").gauge().value()).isEqualTo(2);
		assertThat(registry.get("busbar.outbox.scheduled").gauge().value()).isEqualTo(3);
		assertThat(registry.get("busbar.outbox.redeliveries").gauge().value()).isZero();
		assertThat(registry.get("busbar.outbox.oldest").gauge().value()).isBetween(3500.0, 4000.0);
	}

	@Test
	void onlySlotsInWhichEventsWaitAreTold() {
		StoredBacklog backlog = backlog(100);
		backlog.append(events("k", 0, 1));
		int slot = Backlog.slot(event("x", "k"));
		assertThat(backlog.waiting(Set.of(slot, (slot + 1) % Backlog.SLOTS))).containsExactly(slot);
		assertThat(backlog.waiting(Set.of((slot + 1) % Backlog.SLOTS))).isEmpty();
		drain(batch());
		assertThat(backlog.waiting(Set.of(slot))).isEmpty();
	}

	@Test
	void whileTheDatabaseIsAwayWhatWasKnownLastCounts() {
		AtomicBoolean away = new AtomicBoolean();
		DataSource breaking = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				if (away.get()) {
					throw new SQLException("the database is away");
				}
				return super.getConnection();
			}

		};
		StoredBacklog backlog = backlog(100, new OutgoingSlots(breaking, this.rows, "app", List.of("order.placed")));
		backlog.append(events("k", 0, 1));
		away.set(true);
		assertThat(backlog.waiting(OutgoingSlots.all())).containsExactly(Backlog.slot(event("x", "k")));
		away.set(false);
		drain(batch());
		assertThat(backlog.waiting(OutgoingSlots.all())).isEmpty();
		away.set(true);
		assertThat(backlog.waiting(OutgoingSlots.all())).isEmpty();
	}

	@Test
	void whileTheDatabaseIsAwayWhatATransactionHasStoredCounts() {
		AtomicBoolean away = new AtomicBoolean();
		DataSource breaking = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				if (away.get()) {
					throw new SQLException("the database is away");
				}
				return super.getConnection();
			}

		};
		StoredBacklog backlog = backlog(100, new OutgoingSlots(breaking, this.rows, "app", List.of("order.placed")));
		this.database.transaction().executeWithoutResult((status) -> {
			backlog.append(events("gone", 0, 1));
			status.setRollbackOnly();
		});
		this.database.transaction().executeWithoutResult((status) -> backlog.append(events("k", 0, 1)));
		away.set(true);
		assertThat(backlog.waiting(OutgoingSlots.all())).containsExactly(Backlog.slot(event("x", "k")));
	}

	@Test
	void whileTheDatabaseIsSlowAllWaitsUntilItIsTakenForAway() throws Exception {
		CountDownLatch slow = new CountDownLatch(1);
		DataSource waiting = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				try {
					assertThat(slow.await(60, TimeUnit.SECONDS)).isTrue();
				}
				catch (InterruptedException ex) {
					throw new SQLException(ex);
				}
				return super.getConnection();
			}

		};
		AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
		StoredBacklog backlog = new StoredBacklog(this.database.dataSource(), this.rows,
				new OutgoingSlots(waiting, this.rows, "app", List.of("order.placed")),
				new OutboxSize(this.database.dataSource(), "app", 100), this.database.transaction(), this.signal,
				new StoredBacklog.Settings("app", true, false), new Clock() {

					@Override
					public Instant instant() {
						return RelayContract.this.clock.instant().plus(ahead.get());
					}

					@Override
					public ZoneId getZone() {
						return ZoneOffset.UTC;
					}

					@Override
					public Clock withZone(ZoneId zone) {
						return this;
					}

				});
		this.backlogs.add(backlog);
		assertThat(backlog.waiting(Set.of(1, 2))).as("for a second").containsExactlyInAnyOrder(1, 2);
		assertThat(backlog.waiting(Set.of(3))).as("at once").containsExactly(3);
		Backlog.Answer behind = Objects.requireNonNull(backlog.ask(Set.of(3)));
		assertThat(behind.isReady()).isTrue();
		assertThat(behind.waiting()).as("no answer").isNull();
		ahead.set(Duration.ofSeconds(30));
		assertThat(backlog.waiting(Set.of(3))).as("it is away, and nothing was known").isEmpty();
		slow.countDown();
		ahead.set(Duration.ZERO);
		Awaitility.await().untilAsserted(() -> assertThat(backlog.waiting(Set.of(1, 2, 3))).isEmpty());
	}

	@Test
	void questionsThatComeWhileTheDatabaseIsAskedAreAskedTogether() throws Exception {
		CountDownLatch slow = new CountDownLatch(1);
		AtomicInteger asked = new AtomicInteger();
		DataSource counted = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				asked.incrementAndGet();
				try {
					slow.await();
				}
				catch (InterruptedException ex) {
					throw new SQLException(ex);
				}
				return super.getConnection();
			}

		};
		StoredBacklog backlog = backlog(100, new OutgoingSlots(counted, this.rows, "app", List.of("order.placed")));
		int slot = Backlog.slot(event("x", "k"));
		int other = (slot + 1) % Backlog.SLOTS;
		List<Backlog.Answer> answers = new ArrayList<>();
		answers.add(Objects.requireNonNull(backlog.ask(Set.of(other))));
		Awaitility.await().until(() -> asked.get() == 1);
		for (Set<Integer> slots : List.of(Set.of(slot), Set.of(slot, other), Set.of(other))) {
			answers.add(Objects.requireNonNull(backlog.ask(slots)));
		}
		assertThat(answers).noneMatch(Backlog.Answer::isReady);
		backlog.append(events("k", 0, 1));
		slow.countDown();
		assertThat(answers.get(1).waiting()).containsExactly(slot);
		assertThat(answers.get(2).waiting()).containsExactly(slot);
		assertThat(answers.get(3).waiting()).isEmpty();
		assertThat(answers.get(0).waiting()).isEmpty();
		assertThat(answers).allMatch(Backlog.Answer::isReady);
		assertThat(asked)
			.as("two questions of two parts: whether anything is stored, and whether it waits; whether any waits, and which")
			.hasValue(4);
	}

	@Test
	void whoAsksWhileTheApplicationStopsIsToldWhatIsKnown() {
		StoredBacklog backlog = backlog(100);
		backlog.append(events("k", 0, 1));
		backlog.destroy();
		int slot = Backlog.slot(event("x", "k"));
		for (int i = 0; i < 2; i++) {
			assertThat(Objects.requireNonNull(backlog.ask(OutgoingSlots.all())).waiting()).containsExactly(slot);
		}
	}

	@Test
	void whileNoConnectionIsFreeAllWaits() {
		DataSource busy = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				throw new SQLTransientConnectionException("Connection is not available, request timed out");
			}

		};
		StoredBacklog backlog = backlog(100, new OutgoingSlots(busy, this.rows, "app", List.of("order.placed")));
		assertThat(backlog.waiting(Set.of(1, 2))).containsExactlyInAnyOrder(1, 2);
	}

	@Test
	void whereTheBrokerIsInTheDatabaseThePublisherAsksItHimselfUnlessItHasFailed() {
		AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
		List<Thread> asking = new CopyOnWriteArrayList<>();
		DataSource watched = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				asking.add(Thread.currentThread());
				SQLException failed = failure.get();
				if (failed != null) {
					throw failed;
				}
				return super.getConnection();
			}

		};
		StoredBacklog backlog = backlog(100, new OutgoingSlots(watched, this.rows, "app", List.of("order.placed")),
				true);
		assertThat(backlog.ask(OutgoingSlots.all())).isNull();
		assertThat(backlog.waiting(OutgoingSlots.all())).isEmpty();
		backlog.append(events("k", 0, 1));
		Set<Integer> waits = Set.of(Backlog.slot(event("x", "k")));
		assertThat(backlog.waiting(OutgoingSlots.all())).isEqualTo(waits);
		for (SQLException each : List.of(new SQLException("the database is away"),
				new SQLTransientConnectionException("Connection is not available, request timed out"))) {
			asking.clear();
			failure.set(each);
			assertThat(backlog.waiting(Set.of(1, 2))).as("nothing goes on").containsExactlyInAnyOrder(1, 2);
			assertThat(asking).containsOnly(Thread.currentThread());
			asking.clear();
			backlog.waiting(Set.of(1, 2));
			assertThat(Objects.requireNonNull(backlog.ask(Set.of(1, 2))).waiting()).as("no answer").isNull();
			failure.set(null);
			assertThat(backlog.waiting(OutgoingSlots.all())).as("an answer").isEqualTo(waits);
			assertThat(asking).hasSizeGreaterThan(1).doesNotContain(Thread.currentThread());
			asking.clear();
			assertThat(backlog.waiting(OutgoingSlots.all())).isEqualTo(waits);
			assertThat(asking).containsOnly(Thread.currentThread());
		}
	}

	@Test
	void aTransactionSeesWhatItHasStoredItself() {
		StoredBacklog backlog = backlog(100);
		this.database.transaction().executeWithoutResult((status) -> {
			backlog.append(events("k", 0, 1));
			assertThat(backlog.waiting(OutgoingSlots.all())).hasSize(1);
			status.setRollbackOnly();
		});
		assertThat(backlog.waiting(OutgoingSlots.all())).isEmpty();
	}

	@Test
	void aFullOutboxRefusesWhatComesInButNoTransaction() {
		StoredBacklog backlog = backlog(3);
		backlog.append(events("k", 0, 2));
		assertThat(backlog.refusal()).isNull();
		assertThatExceptionOfType(OutboxFullException.class).isThrownBy(() -> backlog.append(events("k", 2, 2)))
			.withMessageContaining("busbar.outbox.max-events");
		assertThat(count()).isEqualTo(2);
		backlog.append(events("k", 2, 1));
		assertThat(backlog.refusal()).contains("3 events");
		this.database.transaction().executeWithoutResult((status) -> backlog.append(events("k", 3, 2)));
		assertThat(count()).isEqualTo(5);
	}

	@Test
	void aRelayPublishesSoonAfterTheCommitAndStopsInGoodOrder() {
		Relay relay = new Relay(batch(), this.signal, this.watch);
		relay.start();
		try {
			this.database.transaction().executeWithoutResult((status) -> {
				backlog(100).append(events("k", 0, 3));
				assertThat(this.bus.published).isEmpty();
			});
			Awaitility.await().until(() -> this.bus.published.size() == 3);
		}
		finally {
			relay.stop();
		}
		assertThat(relay.isRunning()).isFalse();
	}

	private StoredBacklog backlog(int max) {
		return backlog(max, this.slots);
	}

	@Test
	void whatItsHandlerHasDelayedOrParkedBeforeTheRelayIsDoneStaysSo() {
		Instant later = this.clock.instant().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
		backlog(100).append(List.of(event("delayed", "k"), event("parked", "k"), event("slow", "k")));
		this.database.jdbc().update("update busbar_outgoing set kind = 'RETRY', token = ?", UUID.randomUUID());
		this.bus.consumer = () -> {
			this.database.jdbc()
				.update("update busbar_outgoing set due = ? where event_id = 'delayed'", OutgoingRows.time(later));
			this.database.jdbc()
				.update("update busbar_outgoing set kind = 'PARKED', due = null where event_id = 'parked'");
		};
		assertThat(drain(batch())).isEqualTo(3);
		assertThat(due("delayed")).isEqualTo(later);
		assertThat(due("parked")).isNull();
		assertThat(due("slow")).as("it is sent again, should the broker have lost it")
			.isBetween(this.clock.instant().plusSeconds(500), later.minusSeconds(1));
	}

	@Test
	void whatIsDelayedOrParkedBeforeItIsReadIsNotSent() {
		backlog(100).append(events("k", 0, 3));
		this.database.jdbc().update("update busbar_outgoing set kind = 'RETRY', token = ?", UUID.randomUUID());
		Instant now = this.clock.instant();
		List<Long> found = this.slots.numbers(Backlog.slot(event("x", "k")), now, 10, 1000000).numbers();
		this.database.jdbc()
			.update("update busbar_outgoing set due = ? where event_id = 'k-0'", OutgoingRows.time(now.plusSeconds(1)));
		this.database.jdbc().update("update busbar_outgoing set due = null where event_id = 'k-1'");
		assertThat(this.slots.read(found, now)).singleElement().extracting((row) -> row.event().id()).isEqualTo("k-2");
	}

	@Test
	void whatItsHandlerHasParkedBeforeTheRelayIsDoneIsSentAgainWhenItsGateOpens() {
		Redeliveries redeliveries = TestRedeliveries.of(this.database.dataSource());
		byte[] gate = redeliveries.gate("app", "orders", "k");
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MICROS);
		Redelivery first = new Redelivery(Redelivery.Kind.RETRY, "app", event("first", "k"), UUID.randomUUID(),
				now.plusSeconds(3600), gate, 1, now, null, null);
		Redelivery second = new Redelivery(Redelivery.Kind.PARKED, "app", event("second", "k"), UUID.randomUUID(), now,
				gate, 0, null, null, null);
		redeliveries.add(List.of(first, second));
		this.bus.consumer = () -> redeliveries.park(List.of(second.token()));
		assertThat(drain(batch())).isEqualTo(1);
		this.bus.consumer = () -> {
		};
		redeliveries.end(List.of(first.token()));
		redeliveries.open(List.of(gate));
		assertThat(drain(batch())).isEqualTo(1);
		assertThat(this.bus.ids()).containsExactly("second", "second");
	}

	@Test
	void aDelayedAttemptThatTheBrokerRefusesIsADeadLetterAndWhatIsParkedBehindItFollows() {
		Redelivery first = stored(Redelivery.Kind.RETRY, "k-0", this.clock.instant(), 3);
		Redelivery second = stored(Redelivery.Kind.PARKED, "k-1", null, 0);
		Redelivery third = stored(Redelivery.Kind.PARKED, "k-2", null, 0);
		refuse("k-0", () -> {
		});
		drain(batch());
		assertThat(this.bus.ids()).containsExactly("k-1", "k-2");
		assertDead(first);
		assertThat(TestRedeliveries.of(this.database.dataSource()).waiting(gate(), 10)).containsExactly(second.token(),
				third.token());
	}

	@Test
	void aParkedEventThatTheBrokerRefusesIsADeadLetterAndThoseBehindItFollow() {
		Redelivery first = stored(Redelivery.Kind.PARKED, "k-0", this.clock.instant(), 0);
		Redelivery second = stored(Redelivery.Kind.PARKED, "k-1", null, 0);
		refuse("k-0", () -> {
		});
		drain(batch());
		assertThat(this.bus.ids()).containsExactly("k-1");
		assertDead(first);
		assertThat(TestRedeliveries.of(this.database.dataSource()).waiting(gate(), 10)).containsExactly(second.token());
	}

	@Test
	void theLetterOfADelayedAttemptThatTheBrokerRefusesIsOfTheMessageThatCameFirst() {
		Original original = new Original(Map.of("x-tenant", "acme"), new byte[] { 1, 2 },
				new DeadLetter.Origin("test", "orders", 3, 42L));
		stored(Redelivery.Kind.RETRY, "k-0", this.clock.instant(), 1, original);
		refuse("k-0", () -> {
		});
		drain(batch());
		assertThat(this.database.deadLetters().find("k-0")).singleElement().satisfies((letter) -> {
			assertThat(letter.headers()).as("hidden, since no setting names it").containsOnlyKeys("x-tenant");
			assertThat(letter.payload()).containsExactly(1, 2);
			assertThat(letter.origin()).isEqualTo(original.origin());
		});
	}

	@Test
	void theGateOfTheLastThatTheBrokerRefusesIsOpen() {
		assertDeadAfterRefusal(stored(Redelivery.Kind.RETRY, "k-0", this.clock.instant(), 1));
		assertThat(TestRedeliveries.of(this.database.dataSource()).closed(List.of(gate()))).isEmpty();
	}

	@Test
	void aReplayThatTheBrokerRefusesIsTheSameDeadLetterWithItsCountRaised() {
		Event<byte @Nullable []> event = event("k-0", "k");
		UUID letter = replayed(event);
		refuse("k-0", () -> {
		});
		drain(batch());
		assertThat(this.database.deadLetters().find("k-0")).singleElement().satisfies((found) -> {
			assertThat(found.id()).isEqualTo(letter);
			assertThat(found.attempts()).isEqualTo(4);
			assertThat(found.handler()).isEqualTo("ship");
			assertThat(found.exception()).isEqualTo(EventRejectedException.class.getName());
			assertThat(found.cause()).contains("too large");
			assertThat(found.origin().partition()).as("it is no event for everyone").isNotNull();
		});
		assertThat(letterState()).isEqualTo("OPEN");
		assertThat(inboxState("k-0")).isEqualTo("DEAD");
		assertThat(count()).isZero();
	}

	@Test
	void aReplayThatAPersonHasTakenBackStaysSoThoughTheBrokerRefusesIt() {
		replayed(event("k-0", "k"));
		refuse("k-0", () -> {
			UUID token = this.database.inbox().takeBack("app", "/test", "k-0");
			if (token != null) {
				TestRedeliveries.of(this.database.dataSource()).end(List.of(token));
				this.database.jdbc().update("update busbar_dead_letter set state = 'DISCARDED'");
			}
		});
		drain(batch());
		assertThat(letterState()).isEqualTo("DISCARDED");
		assertThat(this.database.deadLetters().find("k-0")).singleElement()
			.extracting(DeadLetter::attempts)
			.isEqualTo(3);
	}

	private byte[] gate() {
		byte[] gate = TestRedeliveries.of(this.database.dataSource()).gate("app", "orders", "k");
		assertThat(gate).isNotNull();
		return gate;
	}

	/** An event of the key k as its handler's transaction leaves it. */
	private Redelivery stored(Redelivery.Kind kind, String id, @Nullable Instant due, int attempts) {
		return stored(kind, id, due, attempts, null);
	}

	private Redelivery stored(Redelivery.Kind kind, String id, @Nullable Instant due, int attempts,
			@Nullable Original original) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MICROS);
		Redelivery redelivery = new Redelivery(kind, "app", event(id, "k"), UUID.randomUUID(), due, gate(), attempts,
				(attempts > 0) ? now.minusSeconds(60) : null, null, null, original);
		this.database.transaction().executeWithoutResult((status) -> {
			Inbox inbox = this.database.inbox();
			long handling = inbox.admit("app", List.of(redelivery.event()), 1).handling();
			inbox.delay("app", handling, List.of(new Inbox.Delayed(redelivery.event(), attempts, redelivery.token())));
			TestRedeliveries.of(this.database.dataSource()).add(List.of(redelivery));
		});
		return redelivery;
	}

	/** A dead letter of three attempts on its way back to its handler. */
	private UUID replayed(Event<byte @Nullable []> event) {
		Instant now = this.clock.instant();
		UUID letter = UUID.randomUUID();
		UUID token = UUID.randomUUID();
		this.database.transaction().executeWithoutResult((status) -> {
			this.database.deadLetters()
				.add(new DeadLetter(letter, "app", "ship", event.source(), event.id(), event.type(), event.key(),
						Map.of(), event.data(), "Failure", "failed", 3, now, now,
						new DeadLetter.Origin("test", "orders", 1, 1L)));
			this.database.inbox().bury("app", event, null, 3);
			this.database.inbox().replay("app", event, token);
			this.database.jdbc().update("update busbar_dead_letter set state = 'REPLAYING'");
			TestRedeliveries.of(this.database.dataSource())
				.add(List
					.of(new Redelivery(Redelivery.Kind.REPLAY, "app", event, token, now, null, 0, null, letter, null)));
		});
		return letter;
	}

	private void refuse(String id, Runnable before) {
		this.bus.failure = (event) -> {
			if (!event.id().equals(id)) {
				return null;
			}
			before.run();
			return new EventRejectedException("too large", null);
		};
	}

	private void assertDeadAfterRefusal(Redelivery redelivery) {
		refuse(redelivery.event().id(), () -> {
		});
		drain(batch());
		assertDead(redelivery);
	}

	private void assertDead(Redelivery redelivery) {
		String id = redelivery.event().id();
		assertThat(this.database.deadLetters().find(id)).singleElement().satisfies((letter) -> {
			assertThat(letter.attempts()).isEqualTo(redelivery.attempts());
			assertThat(letter.exception()).isEqualTo(EventRejectedException.class.getName());
			assertThat(letter.cause()).contains("too large");
			assertThat(letter.payload()).isEqualTo(redelivery.event().data());
			assertThat(letter.origin().destination()).isEqualTo("orders");
			if (redelivery.firstFailure() != null) {
				assertThat(letter.firstFailure()).isEqualTo(redelivery.firstFailure());
			}
		});
		assertThat(letterState()).isEqualTo("OPEN");
		assertThat(this.database.deadLetters().refused(List.of(id), 10)).as("it is no event for everyone").isEmpty();
		assertThat(inboxState(id)).isEqualTo("DEAD");
		assertThat(this.database.inbox().find(id, "/test", 10)).singleElement()
			.extracting(InboxEntry::attempts)
			.isEqualTo(redelivery.attempts());
		assertThat(TestRedeliveries.of(this.database.dataSource()).find(List.of(redelivery.token()))).isEmpty();
	}

	private @Nullable String letterState() {
		return this.database.jdbc().queryForObject("select state from busbar_dead_letter", String.class);
	}

	private @Nullable String inboxState(String id) {
		return this.database.inbox().find(id, "/test", 1).get(0).state().name();
	}

	private @Nullable Instant due(String id) {
		OffsetDateTime due = this.database.jdbc()
			.queryForObject("select due from busbar_outgoing where event_id = ?", OffsetDateTime.class, id);
		return (due != null) ? due.toInstant() : null;
	}

	private StoredBacklog backlog(int max, OutgoingSlots asked) {
		return backlog(max, asked, false);
	}

	private StoredBacklog backlog(int max, OutgoingSlots asked, boolean embedded) {
		StoredBacklog backlog = new StoredBacklog(this.database.dataSource(), this.rows, asked,
				new OutboxSize(this.database.dataSource(), "app", max), this.database.transaction(), this.signal,
				new StoredBacklog.Settings("app", true, embedded), this.clock);
		this.backlogs.add(backlog);
		return backlog;
	}

	private RelayBatch batch() {
		return batch(this.database.transactions());
	}

	private RelayBatch batch(PlatformTransactionManager transactions) {
		return new RelayBatch(this.slots, this.bus, this.watch,
				new RefusedEvents(this.database.deadLetters(), this.database.inbox(),
						TestRedeliveries.of(this.database.dataSource()), STREAMS, "app", "test", this.clock),
				new OutboxSize(this.database.dataSource(), "app", 100), transactions, this.clock);
	}

	private static int drain(RelayBatch batch) {
		int total = 0;
		for (int done = batch.run(); done > 0; done = batch.run()) {
			total += done;
		}
		return total;
	}

	private long count() {
		Long count = this.database.jdbc().queryForObject("select count(*) from busbar_outgoing", Long.class);
		return (count != null) ? count : -1;
	}

	private static int byNumber(String one, String other) {
		return Integer.compare(Integer.parseInt(one.split("-")[1]), Integer.parseInt(other.split("-")[1]));
	}

	private static List<Event<byte @Nullable []>> events(String key, int from, int count) {
		return IntStream.range(from, from + count).mapToObj((i) -> event(key + "-" + i, key)).toList();
	}

	private static Event<byte @Nullable []> event(String id, String key) {
		return event(id, key, "order.placed", "{}".getBytes(StandardCharsets.UTF_8));
	}

	@SuppressWarnings("NullAway") // It does not know that the data may be null.
	private static Event<byte @Nullable []> event(String id, String key, String type, byte @Nullable [] data) {
		return new Event<>(id, "/test", type, null, null, key, null, null, null, null, Map.of(), data);
	}

	/** Takes events in their order up to the first that fails, as a broker may. */
	private static final class RecordingBus implements EventBus {

		final List<Event<byte @Nullable []>> published = new CopyOnWriteArrayList<>();

		java.util.function.Function<Event<?>, @Nullable RuntimeException> failure = (event) -> null;

		/**
		 * Is faster than the relay: it runs before the relay hears of the confirmation.
		 */
		Runnable consumer = () -> {
		};

		@Override
		public void publishAll(List<Event<byte @Nullable []>> events) {
			for (Event<byte @Nullable []> event : events) {
				RuntimeException thrown = this.failure.apply(event);
				if (thrown != null) {
					throw thrown;
				}
				this.published.add(event);
			}
			this.consumer.run();
		}

		List<String> ids() {
			return this.published.stream().map(Event::id).toList();
		}

	}

	/** The database goes away at the moment of the commit. */
	private record FailingCommit(PlatformTransactionManager real) implements PlatformTransactionManager {

		@Override
		public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
			return this.real.getTransaction(definition);
		}

		@Override
		public void commit(TransactionStatus status) {
			this.real.rollback(status);
			throw new TransactionSystemException("the database is away");
		}

		@Override
		public void rollback(TransactionStatus status) {
			if (!status.isCompleted()) {
				this.real.rollback(status);
			}
		}

	}

}
