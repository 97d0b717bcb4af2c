package dev.busbar.store.inbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.event.Event;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.TestEvents;
import dev.busbar.store.inbox.Inbox.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What an inbox promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InboxContract {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	private final TestDatabase database;

	private final Inbox inbox;

	private final TransactionTemplate transaction;

	private final JdbcTemplate jdbc;

	InboxContract(TestDatabase database) {
		this.database = database.withTables();
		this.inbox = new JdbcInbox(database.dataSource(), database.schema(), Clock.fixed(NOW, ZoneOffset.UTC));
		this.transaction = database.transaction();
		this.jdbc = new JdbcTemplate(database.dataSource());
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anEventIsFirstOnceAndHandledAfter() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		assertThat(admit(event)).containsExactly(Verdict.FIRST);
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void anEventThatStandsTwiceInTheListIsFirstOnceAndHandledAfter() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		assertThat(admit(event, event, TestEvents.event(event.id(), "{\"a\":1}"))).containsExactly(Verdict.FIRST,
				Verdict.HANDLED, Verdict.CONFLICT);
	}

	@Test
	void anEventIsFirstAgainAfterARollback() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		this.transaction.executeWithoutResult((status) -> {
			this.inbox.admit("g", List.of(event), 1);
			status.setRollbackOnly();
		});
		assertThat(admit(event)).containsExactly(Verdict.FIRST);
	}

	@Test
	void theSameIdWithOtherDataOrOfAnotherTypeIsAConflict() {
		String id = id();
		admit(TestEvents.event(id, "{}"));
		assertThat(admit(TestEvents.event(id, "{\"a\":1}"), TestEvents.event(id, "order.changed", bytes("{}"))))
			.containsExactly(Verdict.CONFLICT, Verdict.CONFLICT);
	}

	@Test
	void noDataIsTheSameAsEmptyData() {
		String id = id();
		admit(TestEvents.event(id, "t", null));
		assertThat(admit(TestEvents.event(id, "t", new byte[0]))).containsExactly(Verdict.HANDLED);
	}

	@Test
	void groupsAndSourcesDoNotMix() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		assertThat(this.inbox.admit("ab", List.of(event), 1).verdicts()).containsExactly(Verdict.FIRST);
		assertThat(this.inbox.admit("a", List.of(event), 1).verdicts()).containsExactly(Verdict.FIRST);
	}

	@Test
	void manyEventsAreAdmittedInTheirOrder() {
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			events.add(TestEvents.event(id(), "{\"n\":" + i + "}"));
		}
		this.inbox.admit("g", events.subList(50, 100), 1);
		List<Verdict> verdicts = this.inbox.admit("g", events, 1).verdicts();
		assertThat(verdicts.subList(0, 50)).containsOnly(Verdict.FIRST);
		assertThat(verdicts.subList(50, 100)).containsOnly(Verdict.HANDLED);
		assertThat(verdicts.subList(100, 200)).containsOnly(Verdict.FIRST);
	}

	@Test
	void anEntryTellsAttemptTimeAndTheDurationOfItsOwnEvent() {
		Event<byte @Nullable []> known = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> one = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> two = TestEvents.event(id(), "{}");
		admit(known);
		Inbox.Admission admission = this.inbox.admit("g", List.of(one, known, two), 3);
		this.inbox.finish(admission.handling(), new long[] { 11, 22 });
		assertThat(this.inbox.find(one.id(), "/test", 10)).containsExactly(new InboxEntry("g", "/test", one.id(),
				"order.placed", InboxEntry.State.HANDLED, 3, NOW, Duration.ofNanos(11_000)));
		assertThat(this.inbox.find(two.id(), "/test", 10)).singleElement()
			.extracting(InboxEntry::duration)
			.isEqualTo(Duration.ofNanos(22_000));
		assertThat(this.inbox.find(known.id(), "/test", 10)).singleElement().extracting(InboxEntry::duration).isNull();
	}

	@Test
	void durationsAreKeptForThoseAloneThatAreHandled() {
		Event<byte @Nullable []> known = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> one = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> two = TestEvents.event(id(), "{}");
		admit(known);
		Inbox.Admission admission = this.inbox.admit("g", List.of(one, one, known, two), 1);
		assertThat(admission.verdicts()).containsExactly(Verdict.FIRST, Verdict.HANDLED, Verdict.HANDLED,
				Verdict.FIRST);
		this.inbox.finish(admission.handling(), new long[] { 11, 22 });
		assertThat(this.inbox.find(one.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(11_000));
		assertThat(this.inbox.find(two.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(22_000));
		assertThat(this.inbox.admit("g", List.of(one, known), 1).handling()).isZero();
	}

	@Test
	void anEntryTellsItsCause() {
		for (Inbox.Verdict verdict : List.of(Verdict.FIRST, Verdict.DEAD)) {
			Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
			Event<byte @Nullable []> result = new Event<>(event.id(), event.source(), event.type(), null, null, null,
					null, "cause\0", null, null, Map.of(), event.data());
			if (verdict == Verdict.FIRST) {
				admit(result);
			}
			else {
				this.inbox.bury("g", result, null, 1);
			}
			assertThat(this.inbox.find(event.id(), "/test", 10)).singleElement()
				.extracting(InboxEntry::cause)
				.isEqualTo("cause\uFFFD");
		}
	}

	@Test
	void aBuriedEventIsDead() {
		Event<byte @Nullable []> fresh = TestEvents.event(id(), "{}");
		assertThat(this.inbox.bury("g", fresh, null, 4)).isTrue();
		assertThat(this.inbox.bury("g", fresh, null, 5)).isTrue();
		assertThat(admit(fresh)).containsExactly(Verdict.DEAD);
		assertThat(this.inbox.find(fresh.id(), "/test", 10)).containsExactly(
				new InboxEntry("g", "/test", fresh.id(), "order.placed", InboxEntry.State.DEAD, 5, NOW, null));
	}

	@Test
	void whatWasHandledIsNotBuried() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		admit(event);
		assertThat(this.inbox.bury("g", event, null, 3)).isFalse();
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void buryingAConflictLeavesTheEventThatWasHandled() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		admit(event);
		assertThat(this.inbox.bury("g", TestEvents.event(event.id(), "{\"other\":1}"), null, 1)).isTrue();
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void aDelayedEventIsAdmittedOnceAndOnlyWithItsToken() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = delayed(event, 3);
		assertThat(this.inbox.find(event.id(), "/test", 10)).containsExactly(
				new InboxEntry("g", "/test", event.id(), "order.placed", InboxEntry.State.DELAYED, 3, NOW, null));
		assertThat(admit(event)).containsExactly(Verdict.WAITING);
		assertThat(admit(event, UUID.randomUUID())).isEqualTo(Verdict.WAITING);
		assertThat(admit(TestEvents.event(event.id(), "{\"a\":1}"), token)).isEqualTo(Verdict.CONFLICT);
		assertThat(admit(event, token)).isEqualTo(Verdict.FIRST);
		assertThat(admit(event, token)).isEqualTo(Verdict.HANDLED);
		assertThat(this.inbox.find(event.id(), "/test", 10)).extracting(InboxEntry::attempts).containsExactly(4);
	}

	@Test
	void anEventThatIsDelayedAgainHasAnotherToken() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = delayed(event, 1);
		UUID other = UUID.randomUUID();
		Inbox.Admission admission = this.inbox.admit("g", List.of(event), List.of(token), 1);
		this.inbox.delay("g", admission.handling(), List.of(new Inbox.Delayed(event, 2, other)));
		assertThat(admit(event, token)).isEqualTo(Verdict.WAITING);
		assertThat(admit(event, other)).isEqualTo(Verdict.FIRST);
	}

	@Test
	void aTokenThatNoRowHasAdmitsNothing() {
		assertThat(admit(TestEvents.event(id(), "{}"), UUID.randomUUID())).isEqualTo(Verdict.WAITING);
	}

	@Test
	void newAndDelayedEventsAreAdmittedTogether() {
		Event<byte @Nullable []> fresh = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> late = TestEvents.event(id(), "{}");
		UUID token = delayed(late, 1);
		Inbox.Admission admission = this.inbox.admit("g", List.of(late, fresh), Arrays.asList(token, null), 1);
		assertThat(admission.verdicts()).containsExactly(Verdict.FIRST, Verdict.FIRST);
		this.inbox.finish(admission.handling(), new long[] { 11, 22 });
		assertThat(this.inbox.find(late.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(11_000));
		assertThat(this.inbox.find(fresh.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(22_000));
	}

	@Test
	void aDelayedEventIsBuriedOnlyWithItsToken() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = delayed(event, 3);
		assertThat(this.inbox.bury("g", event, null, 3)).isFalse();
		assertThat(this.inbox.bury("g", event, UUID.randomUUID(), 3)).isFalse();
		assertThat(this.inbox.bury("g", event, token, 4)).isTrue();
		assertThat(admit(event, token)).isEqualTo(Verdict.DEAD);
	}

	@Test
	void aDeadEventIsReplayedOnceAlsoWithOtherData() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> edited = TestEvents.event(event.id(), "{\"a\":1}");
		this.inbox.bury("g", event, null, 3);
		UUID token = UUID.randomUUID();
		assertThat(this.inbox.replay("g", edited, token)).isTrue();
		assertThat(this.inbox.replay("g", edited, UUID.randomUUID())).isFalse();
		assertThat(admit(edited)).containsExactly(Verdict.WAITING);
		assertThat(admit(event, token)).isEqualTo(Verdict.CONFLICT);
		assertThat(admit(edited, token)).isEqualTo(Verdict.FIRST);
		assertThat(this.inbox.replay("g", edited, UUID.randomUUID())).isFalse();
		assertThat(this.inbox.find(event.id(), "/test", 10)).extracting(InboxEntry::attempts).containsExactly(4);
	}

	@Test
	void theAttemptsOfAReplayAreAddedToThoseBefore() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		this.inbox.bury("g", event, null, 3);
		UUID token = UUID.randomUUID();
		this.inbox.replay("g", event, token);
		assertThat(this.inbox.bury("g", event, token, 2)).isTrue();
		assertThat(this.inbox.find(event.id(), "/test", 10)).extracting(InboxEntry::attempts).containsExactly(5);
	}

	@Test
	void whatIsOnItsWayIsTakenBackAndItsTokenAdmitsNothing() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		assertThat(this.inbox.takeBack("g", "/test", event.id())).isNull();
		this.inbox.bury("g", event, null, 3);
		assertThat(this.inbox.takeBack("g", "/test", event.id())).isNull();
		UUID token = UUID.randomUUID();
		this.inbox.replay("g", event, token);
		assertThat(this.inbox.takeBack("g", "/test", event.id())).isEqualTo(token);
		assertThat(admit(event, token)).isEqualTo(Verdict.DEAD);
		assertThat(this.inbox.replay("g", event, token)).isTrue();
		assertThat(admit(event, token)).isEqualTo(Verdict.FIRST);
		assertThat(this.inbox.takeBack("g", "/test", event.id())).isNull();
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void whatIsBeingHandledIsNotTakenBack() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = UUID.randomUUID();
		this.inbox.replay("g", event, token);
		this.transaction.executeWithoutResult((status) -> {
			admit(event, token);
			CompletableFuture<@Nullable UUID> other = CompletableFuture.supplyAsync(
					() -> this.transaction.execute((another) -> this.inbox.takeBack("g", "/test", event.id())));
			assertThatThrownBy(() -> other.get(60, TimeUnit.SECONDS))
				.hasCauseInstanceOf(ConcurrencyFailureException.class);
		});
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void onlyWhatWaitsUnderItsTokenIsTakenBackWithIt() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = delayed(event, 2);
		assertThat(this.inbox.takeBack("g", event, UUID.randomUUID())).isFalse();
		assertThat(this.inbox.takeBack("g", event, token)).isTrue();
		assertThat(this.inbox.takeBack("g", event, token)).isFalse();
		assertThat(admit(event, token)).isEqualTo(Verdict.DEAD);
		assertThat(this.inbox.find(event.id(), "/test", 10)).extracting(InboxEntry::attempts).containsExactly(2);
	}

	@Test
	void whatIsBeingHandledIsNotTakenBackWithItsTokenAndNobodyWaits() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = delayed(event, 1);
		this.transaction.executeWithoutResult((status) -> {
			admit(event, token);
			CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> Boolean.TRUE
				.equals(this.transaction.execute((another) -> this.inbox.takeBack("g", event, token))));
			assertThat(other).succeedsWithin(60, TimeUnit.SECONDS).isEqualTo(false);
		});
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void whatHasNoRowIsReplayed() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = UUID.randomUUID();
		assertThat(this.inbox.replay("g", event, token)).isTrue();
		assertThat(admit(event)).containsExactly(Verdict.WAITING);
		assertThat(admit(event, token)).isEqualTo(Verdict.FIRST);
	}

	@Test
	void aDelayedEventIsNotReplayed() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		UUID token = delayed(event, 1);
		assertThat(this.inbox.replay("g", event, UUID.randomUUID())).isFalse();
		assertThat(admit(event, token)).isEqualTo(Verdict.FIRST);
	}

	private UUID delayed(Event<byte @Nullable []> event, int attempts) {
		UUID token = UUID.randomUUID();
		Inbox.Admission admission = this.inbox.admit("g", List.of(event), 1);
		this.inbox.delay("g", admission.handling(), List.of(new Inbox.Delayed(event, attempts, token)));
		return token;
	}

	private Verdict admit(Event<byte @Nullable []> event, UUID token) {
		return this.inbox.admit("g", List.of(event), List.of(token), 1).verdicts().get(0);
	}

	@Test
	void aSecondConsumerHearsThatTheFirstHasTheEvent() throws Exception {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		CompletableFuture<List<Verdict>> second = this.transaction.execute((status) -> {
			admit(TestEvents.event(id(), "{}"), event);
			CompletableFuture<List<Verdict>> other = inAnotherTransaction(event, TestEvents.event(id(), "{}"));
			assertThat(waits(other)).isTrue();
			return other;
		});
		if (takesNewEventsTogether()) {
			assertThat(second.get(60, TimeUnit.SECONDS)).containsExactly(Verdict.HANDLED, Verdict.FIRST);
		}
		else {
			assertThatThrownBy(() -> second.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(DuplicateKeyException.class);
		}
		assertThat(admit(event)).containsExactly(Verdict.HANDLED);
	}

	@Test
	void itIsNotQuietWhereAGateIsClosedOrAnEventIsKnown() {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		assertThat(this.inbox.admit("g", List.of(event), 1).quiet()).isEqualTo(takesNewEventsTogether());
		assertThat(this.inbox.admit("g", List.of(event), 1).quiet()).isFalse();
		assertThat(this.inbox.admit("g", List.of(event, TestEvents.event(id(), "{}")), 1).quiet()).isFalse();
		byte[] gate = bytes(id());
		this.jdbc.update("insert into busbar_gate (gate) values (?)", gate);
		try {
			assertThat(this.inbox.admit("g", List.of(TestEvents.event(id(), "{}")), 1).quiet()).isFalse();
		}
		finally {
			this.jdbc.update("delete from busbar_gate where gate = ?", gate);
		}
	}

	/**
	 * A former consumer of the partition delays the first of two events, while the new
	 * one asks for both: the second must see the gate, which was open when it asked.
	 */
	@Test
	void itIsNotQuietWhereAnotherHasClosedAGateSinceItWasAsked() throws Exception {
		byte[] gate = bytes(id());
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		CompletableFuture<Inbox.Admission> second = this.transaction.execute((status) -> {
			long handling = this.inbox.admit("g", List.of(event), 1).handling();
			CompletableFuture<Inbox.Admission> other = CompletableFuture.supplyAsync(() -> this.transaction
				.execute((inner) -> this.inbox.admit("g", List.of(event, TestEvents.event(id(), "{}")), 1)));
			assertThat(waits(other)).isTrue();
			this.inbox.delay("g", handling, List.of(new Inbox.Delayed(event, 1, UUID.randomUUID())));
			this.jdbc.update("insert into busbar_gate (gate) values (?)", gate);
			return other;
		});
		try {
			if (takesNewEventsTogether()) {
				Inbox.Admission admission = second.get(60, TimeUnit.SECONDS);
				assertThat(admission.verdicts()).containsExactly(Verdict.WAITING, Verdict.FIRST);
				assertThat(admission.quiet()).isFalse();
			}
			else {
				assertThatThrownBy(() -> second.get(60, TimeUnit.SECONDS))
					.hasCauseInstanceOf(DuplicateKeyException.class);
			}
		}
		finally {
			this.jdbc.update("delete from busbar_gate where gate = ?", gate);
		}
	}

	/** Whether new events are admitted by one statement. */
	abstract boolean takesNewEventsTogether();

	@Test
	void aSecondConsumerHandlesTheEventIfTheFirstRollsBack() throws Exception {
		Event<byte @Nullable []> event = TestEvents.event(id(), "{}");
		CompletableFuture<List<Verdict>> second = this.transaction.execute((status) -> {
			admit(event);
			CompletableFuture<List<Verdict>> other = inAnotherTransaction(event);
			assertThat(waits(other)).isTrue();
			status.setRollbackOnly();
			return other;
		});
		assertThat(second.get(60, TimeUnit.SECONDS)).containsExactly(Verdict.FIRST);
	}

	@Test
	void idsOfAnyLengthAndWithAnyCharacterAreKept() {
		String id = id() + "\0\uD800" + "x".repeat(5000);
		admit(TestEvents.event(id, "{}"));
		assertThat(admit(TestEvents.event(id, "{}"))).containsExactly(Verdict.HANDLED);
		assertThat(this.inbox.find(id, "/test", 10)).hasSize(1);
		assertThat(this.inbox.find(id + "y", "/test", 10)).isEmpty();
	}

	@Test
	void theEntriesOfOneSourceAreFoundUpToALimit() {
		String id = id();
		for (String source : List.of("/b", "/a\0")) {
			Event<byte @Nullable []> event = new Event<>(id, source, "t", null, null, null, null, null, null, null,
					Map.of(), bytes("{}"));
			this.inbox.admit("g", List.of(event), 1);
			this.inbox.admit("h", List.of(event), 1);
		}
		assertThat(this.inbox.find(id, "/b", 10)).extracting(InboxEntry::group).containsExactly("g", "h");
		assertThat(this.inbox.find(id, "/a\0", 1)).extracting(InboxEntry::group).containsExactly("g");
		assertThat(this.inbox.find(id, null, 3)).hasSize(3);
		assertThat(this.inbox.sources(id, 10)).containsExactly("/a\uFFFD", "/b");
		assertThat(this.inbox.sources(id, 1)).containsExactly("/a\uFFFD");
	}

	private static boolean waits(CompletableFuture<?> future) {
		try {
			future.get(300, TimeUnit.MILLISECONDS);
			return false;
		}
		catch (TimeoutException ex) {
			return true;
		}
		catch (InterruptedException | ExecutionException ex) {
			return false;
		}
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private CompletableFuture<List<Verdict>> inAnotherTransaction(Event<byte @Nullable []>... events) {
		return CompletableFuture.supplyAsync(
				() -> this.transaction.execute((status) -> this.inbox.admit("g", List.of(events), 1).verdicts()));
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private List<Verdict> admit(Event<byte @Nullable []>... events) {
		return this.inbox.admit("g", List.of(events), 1).verdicts();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String id() {
		return UUID.randomUUID().toString();
	}

}
