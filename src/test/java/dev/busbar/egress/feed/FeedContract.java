package dev.busbar.egress.feed;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.busbar.event.Event;
import dev.busbar.store.FeedTrail;
import dev.busbar.store.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the feed promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FeedContract {

	private static final Duration SOON = Duration.ofMinutes(2);

	private final TestDatabase database;

	private final String application = UUID.randomUUID().toString();

	private volatile Instant now = Instant.parse("2030-01-02T03:04:05Z");

	FeedContract(TestDatabase database) {
		this.database = database.withTables();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anEmptyFeedHasNoEventAndStartsAtOne() {
		JdbcFeed feed = feed("empty");
		assertThat(feed.last()).isZero();
		assertThat(feed.oldest()).isOne();
		assertThat(feed.before(this.now)).isZero();
		assertThat(feed.read(0, 10)).isEmpty();
		assertThat(feed.read(0, FeedFilter.ALL, 10)).isEqualTo(new FeedPage(List.of(), 0));
	}

	@Test
	void numbersAreDenseAndEachApplicationHasItsOwn() {
		JdbcFeed one = feed("one");
		JdbcFeed two = feed("two");
		assertThat(add(one, 3)).extracting(FeedEvent::number).containsExactly(1L, 2L, 3L);
		assertThat(add(two, 2)).extracting(FeedEvent::number).containsExactly(1L, 2L);
		assertThat(add(one, 2)).extracting(FeedEvent::number).containsExactly(4L, 5L);
		assertThat(one.read(0, 10)).extracting(FeedEvent::number).containsExactly(1L, 2L, 3L, 4L, 5L);
		assertThat(one.read(3, 1)).extracting(FeedEvent::number).containsExactly(4L);
		assertThat(one.last()).isEqualTo(5);
		assertThat(one.oldest()).isOne();
	}

	@Test
	void anEventIsAddedOnceHoweverOftenItComes() {
		JdbcFeed feed = feed("once");
		Event<byte @Nullable []> event = TestFeed.event("a");
		Event<byte @Nullable []> other = TestFeed.event(event.id(), "/other", "a", null, "{}");
		assertThat(TestFeed.add(this.database, feed, List.of(event, event))).hasSize(1);
		assertThat(TestFeed.add(this.database, feed, List.of(event, other))).singleElement()
			.satisfies((added) -> assertThat(added.event().source()).isEqualTo("/other"));
		assertThat(TestFeed.add(this.database, feed, List.of(event, other))).isEmpty();
		assertThat(feed.last()).isEqualTo(2);
	}

	@Test
	void whatIsRolledBackLeavesNoGap() {
		JdbcFeed feed = feed("rollback");
		add(feed, 1);
		this.database.transaction().executeWithoutResult((status) -> {
			assertThat(feed.add(List.of(TestFeed.event("a")))).extracting(FeedEvent::number).containsExactly(2L);
			status.setRollbackOnly();
		});
		assertThat(add(feed, 1)).extracting(FeedEvent::number).containsExactly(2L);
	}

	@Test
	void anEventComesBackAsItCame() {
		JdbcFeed feed = feed("whole");
		String large = "\"" + "x".repeat(2_000_000) + "\"";
		Event<byte @Nullable []> event = new Event<>("1", "/s\u0000", "a.b", "sub", this.now, "k%", "co", "ca",
				"application/json", "urn:schema", Map.of("ext", "v"), large.getBytes(StandardCharsets.UTF_8));
		// The NUL is nothing that an attribute may have.
		assertThat(TestFeed.add(this.database, feed, List.of(event))).isEmpty();
		Event<byte @Nullable []> fine = new Event<>("1", "/s%C3%BC", "a.b", "sub", this.now, "k%", "co", "ca",
				"application/json", "urn:schema", Map.of("ext", "v"), large.getBytes(StandardCharsets.UTF_8));
		TestFeed.add(this.database, feed, List.of(fine, TestFeed.event("t")));
		List<FeedEvent> read = feed.read(0, 10);
		// A large one comes alone.
		assertThat(read).singleElement().satisfies((one) -> {
			assertThat(one.event()).usingRecursiveComparison().ignoringFields("data").isEqualTo(fine);
			assertThat(Arrays.equals(one.event().data(), fine.data())).as("its data").isTrue();
			assertThat(one.added()).isEqualTo(this.now);
		});
		assertThat(feed.read(1, 10)).hasSize(1);
	}

	@Test
	void anEventIsFoundByItsId() {
		JdbcFeed feed = feed("trail");
		FeedTrail trail = new JdbcFeedTrail(this.database.dataSource(), this.application + "trail");
		Event<byte @Nullable []> result = new Event<>("e\u00FC", "/a", "order.placed", null, null, null, null, "cause",
				null, null, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
		TestFeed.add(this.database, feed,
				List.of(result, TestFeed.event("e\u00FC", "/b", "order.sent", null, "{}"), TestFeed.event("a")));
		assertThat(trail.find("e\u00FC", "/a")).contains(new FeedTrail.Entry("order.placed", this.now, "cause"));
		assertThat(trail.find("e\u00FC", "/b")).contains(new FeedTrail.Entry("order.sent", this.now, null));
		assertThat(trail.find("e\u00FC", "/c")).isEmpty();
		assertThat(trail.sources("e\u00FC", 10)).containsExactlyInAnyOrder("/a", "/b");
		assertThat(trail.sources("e\u00FC", 1)).hasSize(1);
		assertThat(trail.sources("e", 10)).isEmpty();
		FeedTrail other = new JdbcFeedTrail(this.database.dataSource(), this.application + "other");
		assertThat(other.find("e\u00FC", "/a")).isEmpty();
		assertThat(other.sources("e\u00FC", 10)).isEmpty();
	}

	@Test
	void theTimeNeverGoesBackWhateverTheClockSays() {
		AtomicLong clock = new AtomicLong(1000);
		JdbcFeed feed = TestFeed.on(this.database, this.application + "time",
				new SetClock(() -> Instant.ofEpochMilli(clock.get())));
		add(feed, 1);
		clock.set(500);
		assertThat(add(feed, 1)).extracting(FeedEvent::added).containsExactly(Instant.ofEpochMilli(1000));
		clock.set(2000);
		add(feed, 1);
		assertThat(feed.before(Instant.ofEpochMilli(900))).isZero();
		assertThat(feed.before(Instant.ofEpochMilli(1000))).isZero();
		assertThat(feed.before(Instant.ofEpochMilli(1001))).isEqualTo(2);
		assertThat(feed.before(Instant.ofEpochMilli(2001))).isEqualTo(3);
	}

	@Test
	void aFilterPassesTypesKeysAndSources() {
		JdbcFeed feed = feed("filter");
		TestFeed.add(this.database, feed, List.of(TestFeed.event("1", "/a", "order.placed", "k1", "{}"),
				TestFeed.event("2", "/b", "order.placed", "k2", "{}"), TestFeed.event("3", "/a", "order", null, "{}"),
				TestFeed.event("4", "/a", "orderXplaced", "k1", "{}"),
				TestFeed.event("5", "/a", "invoice.sent", "k_1", "{}")));
		assertThat(passed(feed, filter(List.of("order.*"), List.of(), List.of()))).containsExactly(1L, 2L);
		assertThat(passed(feed, filter(List.of("order", "invoice.sent"), List.of(), List.of()))).containsExactly(3L,
				5L);
		assertThat(passed(feed, filter(List.of("*.sent", "order"), List.of(), List.of()))).containsExactly(3L, 5L);
		assertThat(passed(feed, filter(List.of("*"), List.of("k1", "k_1"), List.of()))).containsExactly(1L, 4L, 5L);
		assertThat(passed(feed, filter(List.of("order.*"), List.of(), List.of("/b")))).containsExactly(2L);
		assertThat(passed(feed, filter(List.of("order_*"), List.of(), List.of()))).isEmpty();
		assertThat(
				passed(feed, new FeedFilter(TypePatterns.of(List.of("order*")), types("*.placed"), Set.of(), Set.of())))
			.containsExactly(1L, 2L);
		assertThat(passed(feed, new FeedFilter(TypePatterns.ALL, types(), Set.of(), Set.of()))).isEmpty();
		FeedLimits sources = new FeedLimits(TypePatterns.ALL, TypePatterns.of(List.of("/b*", "/c")));
		assertThat(passed(feed, new FeedFilter(TypePatterns.ALL, sources, Set.of(), Set.of()))).containsExactly(2L);
	}

	@Test
	void aPageSaysHowFarItReaches() {
		JdbcFeed feed = feed("pages");
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		IntStream.range(0, 100).forEach((i) -> events.add(TestFeed.event((i % 10 == 0) ? "rare" : "often")));
		TestFeed.add(this.database, feed, events);
		FeedFilter rare = filter(List.of("rare"), List.of(), List.of());
		FeedPage first = feed.read(0, rare, 3);
		assertThat(first.events()).extracting(FeedEvent::number).containsExactly(1L, 11L, 21L);
		assertThat(first.reached()).isEqualTo(21);
		FeedPage rest = feed.read(21, rare, 100);
		assertThat(rest.events()).hasSize(7);
		assertThat(rest.reached()).isEqualTo(100);
		assertThat(feed.read(100, rare, 100)).isEqualTo(new FeedPage(List.of(), 100));
	}

	@Test
	void whoMissesWhatIsPurgedIsToldSo() {
		JdbcFeed feed = feed("purged");
		this.database.jdbc().update("delete from busbar_feed");
		add(feed, 5);
		this.now = this.now.plusSeconds(60);
		add(feed, 5);
		purge(this.now, 3);
		assertThat(feed.oldest()).isEqualTo(4);
		purge(this.now, 1000);
		assertThat(feed.oldest()).isEqualTo(6);
		assertThat(feed.read(5, FeedFilter.ALL, 10).events()).hasSize(5);
		assertThatExceptionOfType(FeedPositionException.class).isThrownBy(() -> feed.read(4, FeedFilter.ALL, 10))
			.satisfies((gone) -> assertThat(gone.oldest()).isEqualTo(6))
			.withMessageContaining("keeps the events from 6 on; 1 are missed after 4");
		FeedPositionException.check(feed, 5);
		FeedPositionException.check(feed, 10);
		assertThatExceptionOfType(FeedPositionException.class).isThrownBy(() -> FeedPositionException.check(feed, 11))
			.withMessageContaining("never come to 11");
		purge(this.now.plusSeconds(1), 1000);
		assertThat(feed.oldest()).isEqualTo(11);
		assertThat(feed.last()).isEqualTo(10);
		FeedPositionException.check(feed, 10);
		assertThat(feed.read(0, 10)).isEmpty();
	}

	/**
	 * Writers commit late and roll back, as two instances; readers, who go on from where
	 * they are, see every number once, without a gap.
	 */
	@Test
	void readersNeverPassOneThatCommitsLate() throws Exception {
		JdbcFeed one = feed("late");
		JdbcFeed two = feed("late");
		add(one, 1);
		AtomicBoolean writing = new AtomicBoolean(true);
		CountDownLatch reading = new CountDownLatch(2);
		ExecutorService threads = Executors.newFixedThreadPool(6);
		try {
			List<Future<List<Long>>> readers = new ArrayList<>();
			for (JdbcFeed feed : List.of(one, two)) {
				readers.add(threads.submit(() -> follow(feed, writing, reading)));
			}
			assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
			List<Future<Integer>> writers = new ArrayList<>();
			for (JdbcFeed feed : List.of(one, two)) {
				writers.add(threads.submit(() -> write(feed)));
			}
			int added = 1;
			for (Future<Integer> writer : writers) {
				added += writer.get(3, TimeUnit.MINUTES);
			}
			writing.set(false);
			for (Future<List<Long>> reader : readers) {
				assertThat(reader.get(3, TimeUnit.MINUTES))
					.containsExactlyElementsOf(LongStream.rangeClosed(1, added).boxed().toList());
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private List<Long> follow(JdbcFeed feed, AtomicBoolean writing, CountDownLatch reading) {
		List<Long> seen = new ArrayList<>();
		boolean more = true;
		while (more) {
			// Asked before the page: what was committed until then must be in it.
			more = writing.get();
			List<FeedEvent> page;
			do {
				page = feed.read(seen.isEmpty() ? 0 : seen.get(seen.size() - 1), 50);
				page.forEach((event) -> seen.add(event.number()));
			}
			while (!page.isEmpty());
			reading.countDown();
			// H2 serves whoever comes first: readers that never pause starve the writers.
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
		}
		return seen;
	}

	private int write(JdbcFeed feed) {
		int added = 0;
		for (int i = 0; i < 40; i++) {
			int count = ThreadLocalRandom.current().nextInt(1, 8);
			boolean fails = ThreadLocalRandom.current().nextInt(5) == 0;
			List<Event<byte @Nullable []>> events = new ArrayList<>();
			IntStream.range(0, count).forEach((number) -> events.add(TestFeed.event("a")));
			boolean committed = Boolean.TRUE.equals(retried(() -> this.database.transaction().execute((status) -> {
				feed.add(events);
				if (ThreadLocalRandom.current().nextBoolean()) {
					this.database.jdbc().queryForList("select count(*) from busbar_feed", Long.class);
				}
				if (fails) {
					status.setRollbackOnly();
				}
				return !fails;
			})));
			added += committed ? count : 0;
		}
		return added;
	}

	private static Boolean retried(Supplier<Boolean> transaction) {
		while (true) {
			try {
				return transaction.get();
			}
			catch (ConcurrencyFailureException | DuplicateKeyException ex) {
				// A race: once more, as the consumer does.
			}
		}
	}

	@Test
	void subscribersAreToldOfOwnAndOfOtherInstancesEvents() {
		JdbcFeed here = feed("news");
		JdbcFeed there = feed("news");
		Set<Long> told = new HashSet<>();
		try (Feed.Subscription subscription = here.onNews((last) -> {
			synchronized (told) {
				told.add(last);
			}
		})) {
			assertThat(subscription).isNotNull();
			add(there, 2);
			awaitTold(told, 2);
			add(here, 1);
			awaitTold(told, 3);
		}
		Awaitility.await()
			.atMost(SOON)
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((t) -> t.getName().equals("busbar-feed")));
	}

	private static void awaitTold(Set<Long> told, long number) {
		Awaitility.await().atMost(SOON).until(() -> {
			synchronized (told) {
				return told.contains(number);
			}
		});
	}

	private void purge(Instant before, int limit) {
		new FeedConfiguration().feedPurge(TestFeed.PROPERTIES)
			.chunk()
			.remove(this.database.jdbc(), before.atOffset(ZoneOffset.UTC), limit);
	}

	private static List<Long> passed(JdbcFeed feed, FeedFilter filter) {
		List<Long> numbers = feed.read(0, filter, 100).events().stream().map(FeedEvent::number).toList();
		List<Long> inMemory = feed.read(0, 100)
			.stream()
			.filter((event) -> filter.passes(event.event()))
			.map(FeedEvent::number)
			.toList();
		assertThat(numbers).as("the database and the memory agree").isEqualTo(inMemory);
		return numbers;
	}

	private static FeedLimits types(String... patterns) {
		return new FeedLimits(TypePatterns.of(List.of(patterns)), TypePatterns.ALL);
	}

	private static FeedFilter filter(List<String> types, List<String> keys, List<String> sources) {
		return new FeedFilter(TypePatterns.of(types), FeedLimits.NONE, Set.copyOf(keys), Set.copyOf(sources));
	}

	private JdbcFeed feed(String name) {
		return TestFeed.on(this.database, this.application + name, new SetClock(() -> this.now));
	}

	private List<FeedEvent> add(JdbcFeed feed, int count) {
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		IntStream.range(0, count).forEach((i) -> events.add(TestFeed.event("a")));
		return TestFeed.add(this.database, feed, events);
	}

	private static final class SetClock extends Clock {

		private final Supplier<Instant> time;

		SetClock(Supplier<Instant> time) {
			this.time = time;
		}

		@Override
		public Instant instant() {
			return this.time.get();
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
