package dev.busbar.outbox.result;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.EventKeys;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.TestEvents;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.InboxEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What an outbox promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutboxContract {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	final TestDatabase database;

	private final Outbox outbox;

	private final Inbox inbox;

	private final Map<String, Long> handlings = new HashMap<>();

	OutboxContract(TestDatabase database) {
		this.database = database.withTables();
		this.outbox = new JdbcOutbox(database.dataSource(), database.schema(),
				new CloudEvents(JsonMapper.builder().build()), Clock.fixed(NOW, ZoneOffset.UTC));
		this.inbox = this.database.inbox();
	}

	@BeforeEach
	void clear() {
		this.database.jdbc().update("delete from busbar_outbox");
		this.database.jdbc().update("delete from busbar_outbox_block");
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void resultsOfACauseComeBackInTheirOrder() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		add(TestEvents.event(id(), "{}"), 3);
		List<OutboxEntry> stored = add(cause, 20);
		assertThat(stored).extracting(OutboxEntry::number).isSorted().doesNotHaveDuplicates();
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers(stored));
		assertThat(numbers(results(cause))).isEqualTo(numbers(stored));
		assertThat(this.outbox.unpublished("other", List.of(cause))).isEmpty();
	}

	@Test
	void numbersRiseFromCallToCallAndPastAThousandResults() {
		List<OutboxEntry> entries = new ArrayList<>(add(TestEvents.event(id(), "{}"), 2500));
		entries.addAll(add(TestEvents.event(id(), "{}"), 2));
		assertThat(numbers(entries)).isSorted().doesNotHaveDuplicates().hasSize(2502);
	}

	@Test
	void anEventComesBackWithItsEnvelopeAndItsDataByteForByte() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> event = TestEvents.event("r1", "{ \"a\" : 1.00,\n\"b\":\"\\u00fc\" }");
		this.outbox.add(handling("g", cause), List.of(new Outbox.Result("g", cause, event)));
		OutboxEntry entry = this.outbox.unpublished("g", List.of(cause)).get(0);
		assertThat(entry.event()).usingRecursiveComparison()
			.withEqualsForType(Arrays::equals, byte[].class)
			.isEqualTo(event);
		assertThat(entry.published()).isNull();
	}

	@Test
	void absentLargeAndBinaryDataAreKept() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		byte[] large = ("\"" + "x".repeat(3_000_000) + "\"").getBytes(StandardCharsets.UTF_8);
		byte[] binary = { (byte) 0xff, 0, (byte) 0xc3 };
		this.outbox.add(handling("g", cause),
				List.of(new Outbox.Result("g", cause, TestEvents.event("n", "t", null)),
						new Outbox.Result("g", cause, TestEvents.event("l", "t", large)),
						new Outbox.Result("g", cause, TestEvents.event("b", "t", binary))));
		assertThat(results(cause)).extracting((entry) -> entry.event().data()).containsOnlyNulls();
		assertThat(this.outbox.unpublished("g", List.of(cause))).extracting((entry) -> entry.event().data())
			.containsExactly(null, large, binary);
	}

	@Test
	void whatIsMarkedIsPublished() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 3));
		this.outbox.markPublished(List.of(numbers.get(0), numbers.get(2)));
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).containsExactly(numbers.get(1));
		assertThat(results(cause)).extracting(OutboxEntry::published).containsExactly(NOW, null, NOW);
	}

	@Test
	void allThatOneCallHasAddedIsMarkedTogether() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> first = numbers(add(cause, 3));
		List<Long> second = numbers(add(cause, 2));
		this.outbox.markPublished(first);
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(second);
		assertThat(results(cause)).extracting(OutboxEntry::published).containsExactly(NOW, NOW, NOW, null, null);
		assertThat(claim(100)).isEqualTo(second);
	}

	@Test
	void severalCallsAreMarkedTogetherPastAThousandResults() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = new ArrayList<>(numbers(add(cause, 1002)));
		numbers.addAll(numbers(add(cause, 1)));
		List<Long> last = numbers(add(cause, 1));
		this.outbox.markPublished(numbers);
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(last);
	}

	@Test
	void whatIsMarkedInPartsIsPublishedOnceAllPartsAre() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 4));
		this.outbox.markPublished(numbers.subList(1, 3));
		assertThat(claim(100)).containsExactly(numbers.get(0), numbers.get(3));
		this.outbox.markPublished(List.of(numbers.get(3)));
		this.outbox.markPublished(List.of(numbers.get(0)));
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(claim(100)).isEmpty();
		assertThat(results(cause)).extracting(OutboxEntry::published).containsOnly(NOW);
	}

	@Test
	void whatAHandlingEndsWithIsWrittenWithItsResults() {
		Event<byte @Nullable []> before = TestEvents.event(id(), "{}");
		List<Long> published = numbers(add(before, 3));
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<OutboxEntry> entries = add(cause, 2, new Outbox.Meanwhile(published, List.of(11L)));
		assertThat(this.outbox.unpublished("g", List.of(before))).isEmpty();
		assertThat(results(before)).extracting(OutboxEntry::published).containsOnly(NOW);
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers(entries)).hasSize(2);
		assertThat(this.inbox.find(cause.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(11_000));
		assertThat(claim(100)).isEqualTo(numbers(entries));
	}

	@Test
	void whatIsMarkedWithResultsMayBePartsOfBlocksOrSeveralOrNothing() {
		Event<byte @Nullable []> before = TestEvents.event(id(), "{}");
		List<Long> first = numbers(add(before, 3));
		List<Long> second = numbers(add(before, 2));
		List<Long> third = numbers(add(before, 2));
		add(TestEvents.event(id(), "{}"), 1, new Outbox.Meanwhile(first.subList(1, 3), List.of(1L)));
		assertThat(numbers(this.outbox.unpublished("g", List.of(before)))).contains(first.get(0))
			.doesNotContain(first.get(1), first.get(2))
			.containsAll(second);
		add(TestEvents.event(id(), "{}"), 1, new Outbox.Meanwhile(List.of(first.get(0)), List.of(1L)));
		add(TestEvents.event(id(), "{}"), 1,
				new Outbox.Meanwhile(Stream.concat(second.stream(), third.stream()).toList(), List.of(1L)));
		assertThat(this.outbox.unpublished("g", List.of(before))).isEmpty();
		List<Long> unmarked = numbers(add(before, 1));
		add(TestEvents.event(id(), "{}"), 0, new Outbox.Meanwhile(unmarked, List.of()));
		assertThat(this.outbox.unpublished("g", List.of(before))).isEmpty();
		assertThat(claim(100)).hasSize(3);
	}

	@Test
	void moreThanAThousandResultsAreStoredWithWhatTheHandlingEndsWith() {
		Event<byte @Nullable []> before = TestEvents.event(id(), "{}");
		List<Long> published = numbers(add(before, 1));
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<OutboxEntry> entries = add(cause, 1002, new Outbox.Meanwhile(published, List.of(5L)));
		assertThat(numbers(entries)).isSorted().doesNotHaveDuplicates().hasSize(1002);
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers(entries));
		assertThat(this.outbox.unpublished("g", List.of(before))).isEmpty();
		assertThat(this.inbox.find(cause.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(5_000));
	}

	/** PostgreSQL takes them in several statements. */
	@Test
	void largeResultsAreStoredInTheirOrderAndMarkedTogether() {
		Event<byte @Nullable []> before = TestEvents.event(id(), "{}");
		List<Long> published = numbers(add(before, 1));
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Outbox.Result> large = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			// One of them is more than a statement takes.
			large.add(new Outbox.Result("g", cause,
					TestEvents.event(id(), "\"" + i + "x".repeat((i == 20) ? 500_000 : 25_000) + "\"")));
		}
		List<OutboxEntry> entries = this.outbox.add(handling("g", cause), large,
				new Outbox.Meanwhile(published, List.of(5L)));
		assertThat(numbers(entries)).isSorted().doesNotHaveDuplicates().hasSize(40);
		assertThat(this.outbox.unpublished("g", List.of(before))).isEmpty();
		assertThat(this.outbox.unpublished("g", List.of(cause))).extracting((entry) -> entry.event().data())
			.containsExactlyElementsOf(large.stream().map((result) -> result.event().data()).toList());
		this.outbox.markPublished(numbers(entries));
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(claim(100)).isEmpty();
		assertThat(this.inbox.find(cause.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(5_000));
	}

	@Test
	void aResultThatIsMarkedTwiceStandsForNoOther() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 2));
		this.outbox.markPublished(List.of(numbers.get(0), numbers.get(0)));
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).containsExactly(numbers.get(1));
	}

	@Test
	void whatIsMarkedWhileAnotherInstanceClaimsItIsPublished() throws Exception {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 3));
		ExecutorService other = Executors.newSingleThreadExecutor();
		try {
			Future<?> marked = Objects.requireNonNull(this.database.transaction().<Future<?>>execute((status) -> {
				assertThat(claim(100)).isEqualTo(numbers);
				Future<?> marking = other.submit(() -> this.database.transaction()
					.executeWithoutResult((inner) -> this.outbox.markPublished(numbers)));
				assertThatExceptionOfType(TimeoutException.class)
					.isThrownBy(() -> marking.get(300, TimeUnit.MILLISECONDS));
				return marking;
			}));
			marked.get(10, TimeUnit.SECONDS);
		}
		finally {
			other.shutdown();
		}
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(claim(100)).isEmpty();
	}

	@Test
	void aClaimPassesOverWhatIsBeingMarked() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 3));
		TransactionTemplate another = this.database.transaction();
		another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.database.transaction().executeWithoutResult((status) -> {
			this.outbox.markPublished(numbers);
			another.executeWithoutResult((inner) -> assertThat(claim(10)).isEmpty());
			status.setRollbackOnly();
		});
		assertThat(claim(10)).isEqualTo(numbers);
	}

	@Test
	void aClaimTakesTheBlocksAfterANumberOnly() {
		List<Long> first = numbers(add(TestEvents.event(id(), "{}"), 2));
		List<Long> second = numbers(add(TestEvents.event(id(), "{}"), 2));
		assertThat(numbers(this.outbox.claimUnpublished("g", NOW.plusSeconds(1), first.get(1), 1)))
			.containsExactly(second.get(0));
		assertThat(claim(100)).isEqualTo(Stream.concat(first.stream(), second.stream()).toList());
	}

	@Test
	void whatAnotherInstanceHasClaimedMeanwhileIsMarked() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 3));
		assertThat(claim(100)).isEqualTo(numbers);
		this.outbox.markPublished(numbers);
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(claim(100)).isEmpty();
	}

	@Test
	void whatAnOlderVersionHasStoredIsPublishedAndMarked() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 2));
		// It knows no blocks, and gives each result a mark.
		this.database.jdbc().update("delete from busbar_outbox_block");
		this.database.jdbc().update("update busbar_outbox set published = null");
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers);
		assertThat(results(cause)).extracting(OutboxEntry::published).containsOnlyNulls();
		assertThat(claim(100)).isEqualTo(numbers);
		this.outbox.markPublished(numbers);
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(results(cause)).extracting(OutboxEntry::published).containsOnly(NOW);
	}

	@Test
	void whatWaitsCanBeHandedToTheVersionBeforeBlocks() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		this.outbox.markPublished(numbers(add(cause, 2)));
		List<Long> waiting = numbers(add(cause, 2));
		this.database.jdbc()
			.update("update busbar_outbox set published = null where number - mod(number - 1, 1000) in"
					+ " (select first_number from busbar_outbox_block where published is null)");
		this.database.jdbc()
			.update("update busbar_outbox_block set published = current_timestamp where published is null");
		assertThat(this.database.jdbc()
			.queryForList("select number from busbar_outbox where published is null order by number", Long.class))
			.isEqualTo(waiting);
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(waiting);
	}

	@Test
	void marksOfARolledBackTransactionAreNotThere() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 2));
		this.database.transaction().executeWithoutResult((status) -> {
			this.outbox.markPublished(numbers);
			assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
			status.setRollbackOnly();
		});
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers);
	}

	@Test
	void resultsOfSeveralGroupsAreNotStoredTogether() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Outbox.Result> mixed = new ArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			mixed.add(new Outbox.Result("g", cause, TestEvents.event(id(), "{}")));
		}
		mixed.add(new Outbox.Result("h", cause, TestEvents.event(id(), "{}")));
		assertThatIllegalArgumentException().isThrownBy(() -> this.outbox.add(0, mixed));
		assertThat(results(cause)).isEmpty();
	}

	@Test
	void whatIsStoredAsPublishedIsNotToBePublished() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		this.outbox.addPublished(handling("g", cause),
				List.of(new Outbox.Result("g", cause, TestEvents.event(id(), "{}")),
						new Outbox.Result("g", cause, TestEvents.event(id(), "{}"))));
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(results(cause)).extracting(OutboxEntry::published).containsExactly(NOW, NOW);
		assertThat(claim(100)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2, 1002 })
	void howLongTheHandlerTookIsWrittenWithWhatIsPublished(int results) {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		this.outbox.addPublished(handling("g", cause), results(cause, results), List.of(7L));
		assertThat(this.outbox.unpublished("g", List.of(cause))).isEmpty();
		assertThat(claim(2000)).isEmpty();
		assertThat(this.outbox.wholeResultsOf("g", "/test", cause.id(), 2000)).hasSize(results);
		assertThat(this.inbox.find(cause.id(), "/test", 10)).extracting(InboxEntry::duration)
			.containsExactly(Duration.ofNanos(7_000));
	}

	@Test
	void resultsOfARolledBackTransactionAreNotThere() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		this.database.transaction().executeWithoutResult((status) -> {
			add(cause, 1);
			status.setRollbackOnly();
		});
		assertThat(results(cause)).isEmpty();
	}

	@Test
	void aClaimPassesOverWhatAnotherInstanceHasClaimed() {
		List<Long> numbers = numbers(add(TestEvents.event(id(), "{}"), 5));
		TransactionTemplate another = this.database.transaction();
		another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.database.transaction().executeWithoutResult((status) -> {
			assertThat(claim(2)).isEqualTo(numbers.subList(0, 2));
			another.executeWithoutResult(
					(inner) -> assertThat(claim(10)).doesNotContainAnyElementsOf(numbers.subList(0, 2)));
		});
		this.database.transaction().executeWithoutResult((status) -> assertThat(claim(10)).isEqualTo(numbers));
	}

	@Test
	void aClaimLeavesWhatIsPublishedOrYoung() {
		List<Long> numbers = numbers(add(TestEvents.event(id(), "{}"), 2));
		this.outbox.markPublished(numbers.subList(0, 1));
		assertThat(this.outbox.claimUnpublished("g", NOW, -1, 10)).isEmpty();
		assertThat(claim(10)).isEqualTo(numbers.subList(1, 2));
	}

	@Test
	void aClaimGoesOnAfterANumber() {
		List<Long> numbers = numbers(add(TestEvents.event(id(), "{}"), 3));
		assertThat(numbers(this.outbox.claimUnpublished("g", NOW.plusSeconds(1), numbers.get(0), 10)))
			.isEqualTo(numbers.subList(1, 3));
	}

	@Test
	void aClaimLeavesTheResultsOfOtherGroups() {
		add(TestEvents.event(id(), "{}"), 1);
		assertThat(this.outbox.claimUnpublished("another", NOW.plusSeconds(1), -1, 10)).isEmpty();
	}

	@Test
	void resultsAreThoseOfTheGroupsAndTheSourceUpToALimit() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Long> numbers = numbers(add(cause, 3));
		this.outbox.add(handling("h", cause), List.of(new Outbox.Result("h", cause, TestEvents.event("of-h", "{}"))));
		assertThat(numbers(this.outbox.resultsOf(List.of("g"), "/test", cause.id(), 2)))
			.isEqualTo(numbers.subList(0, 2));
		assertThat(this.outbox.resultsOf(List.of("g", "h"), "/test", cause.id(), 10)).hasSize(4);
		assertThat(this.outbox.resultsOf(List.of("g"), "/other", cause.id(), 10)).isEmpty();
	}

	@Test
	void ofEventsThatWereHandledTogetherEachHasItsOwnResults() {
		List<Event<byte @Nullable []>> causes = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			causes.add(TestEvents.event(id(), "{}"));
		}
		long handling = this.inbox.admit("g", causes, 1).handling();
		List<Outbox.Result> results = new ArrayList<>();
		causes.forEach((cause) -> results.add(new Outbox.Result("g", cause, TestEvents.event("of-" + cause.id(), ""))));
		List<OutboxEntry> entries = this.outbox.add(handling, results);
		assertThat(numbers(this.outbox.unpublished("g", causes.subList(3, 9))))
			.isEqualTo(numbers(entries).subList(3, 9));
		assertThat(results(causes.get(5))).extracting((entry) -> entry.event().id())
			.containsExactly("of-" + causes.get(5).id());
		assertThat(this.database.jdbc().queryForList("select distinct handling from busbar_outbox", Long.class))
			.containsExactly(handling);
	}

	@Test
	void whatIsStoredAsPublishedIsFoundByItsHandlingAndByAVersionThatDoesNotKnowOfIt() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		long handling = handling("g", cause);
		this.outbox.addPublished(handling, List.of(new Outbox.Result("g", cause, TestEvents.event("r", "{}"))));
		assertThat(results(cause)).hasSize(1);
		assertThat(this.database.jdbc()
			.queryForList("select handling from busbar_outbox where cause_key = ?", Long.class,
					EventKeys.of("g", "/test", cause.id())))
			.containsExactly(handling);
	}

	@Test
	void anEventThatIsAskedForTwiceHasItsResultsOnce() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		Event<byte @Nullable []> old = TestEvents.event(id(), "{}");
		add(cause, 2);
		this.outbox.add(0, List.of(new Outbox.Result("g", old, TestEvents.event(id(), "{}"))));
		assertThat(this.outbox.unpublished("g", List.of(cause, old, cause, old))).hasSize(3);
	}

	@Test
	void resultsOfAVersionThatDidNotSayTheirHandlingAreFound() {
		Event<byte @Nullable []> cause = TestEvents.event(id(), "{}");
		List<Outbox.Result> before = List.of(new Outbox.Result("g", cause, TestEvents.event("before", "{}")));
		List<Long> numbers = numbers(this.outbox.add(0, before));
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers);
		handling("g", cause);
		assertThat(numbers(this.outbox.unpublished("g", List.of(cause)))).isEqualTo(numbers);
		assertThat(numbers(results(cause))).isEqualTo(numbers);
		assertThat(this.outbox.wholeResultsOf("g", "/test", cause.id(), 10)).hasSize(1);
	}

	private List<OutboxEntry> results(Event<?> cause) {
		return this.outbox.resultsOf(List.of("g"), "/test", cause.id(), 100);
	}

	/** The number under which an event is handled, which it is once. */
	private long handling(String group, Event<byte @Nullable []> cause) {
		return this.handlings.computeIfAbsent(group + " " + cause.id(),
				(key) -> this.inbox.admit(group, List.of(cause), 1).handling());
	}

	private List<Long> claim(int limit) {
		return numbers(this.outbox.claimUnpublished("g", NOW.plusSeconds(1), -1, limit));
	}

	private List<OutboxEntry> add(Event<byte @Nullable []> cause, int results) {
		return add(cause, results, Outbox.Meanwhile.NOTHING);
	}

	private List<OutboxEntry> add(Event<byte @Nullable []> cause, int results, Outbox.Meanwhile meanwhile) {
		return this.outbox.add(handling("g", cause), results(cause, results), meanwhile);
	}

	private static List<Outbox.Result> results(Event<byte @Nullable []> cause, int results) {
		List<Outbox.Result> list = new ArrayList<>();
		for (int i = 0; i < results; i++) {
			list.add(new Outbox.Result("g", cause, TestEvents.event(id(), "{\"n\":" + i + "}")));
		}
		return list;
	}

	private static List<Long> numbers(List<OutboxEntry> entries) {
		return entries.stream().map(OutboxEntry::number).toList();
	}

	private static String id() {
		return UUID.randomUUID().toString();
	}

}
