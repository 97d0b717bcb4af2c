package dev.busbar.egress.live;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.egress.feed.FeedPage;
import dev.busbar.egress.feed.FeedPositionException;
import dev.busbar.egress.feed.FeedProperties;
import dev.busbar.egress.feed.TestFeed;
import dev.busbar.egress.feed.TypePatterns;
import dev.busbar.event.Event;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LiveFeedTests {

	private final MemoryFeed feed = new MemoryFeed();

	private LiveFeed live = live(Duration.ofMillis(600));

	private LiveFeed live(Duration writeTimeout) {
		return new LiveFeed(this.feed, new FeedProperties(true, Duration.ofDays(7), Duration.ofMillis(20),
				Duration.ofMillis(600), 3, writeTimeout, Duration.ofSeconds(1)), Clock.systemUTC(),
				new LiveRoom(300_000));
	}

	@AfterEach
	void close() {
		this.live.stop();
	}

	@Test
	void aReaderGetsWhatWasAndWhatComesInOrder() {
		this.feed.add("a", 1000);
		Outlet outlet = open(10, FeedFilter.ALL);
		outlet.await(990);
		this.feed.add("a", 10);
		outlet.await(1000);
		assertThat(outlet.numbers()).containsExactlyElementsOf(LongStream.rangeClosed(11, 1010).boxed().toList());
	}

	@Test
	void nothingIsSentBeforeTheStart() {
		this.feed.add("a", 10);
		Outlet waiting = new Outlet();
		LiveReader reader = this.live.open(0, FeedFilter.ALL, waiting);
		waiting.reader = reader;
		open(0, FeedFilter.ALL).await(10);
		this.feed.add("a", 1);
		assertThat(waiting.numbers()).isEmpty();
		reader.start();
		waiting.await(11);
	}

	@Test
	void oneQueryServesAllWhoAreLive() {
		List<Outlet> outlets = List.of(open(0, FeedFilter.ALL), open(0, FeedFilter.ALL), open(0, FeedFilter.ALL));
		this.feed.add("a", 1);
		outlets.forEach((outlet) -> outlet.await(1));
		int pages = this.feed.pages;
		for (int i = 2; i < 50; i++) {
			this.feed.add("a", 1);
			int count = i;
			outlets.forEach((outlet) -> outlet.await(count));
		}
		assertThat(this.feed.pages).as("pages for single readers").isEqualTo(pages);
	}

	@Test
	void aBlockedReaderGoesOnWhereItWasWhenTheWindowHasPassedIt() {
		// However long the other takes, it is not cut off.
		this.live = live(Duration.ofMinutes(2));
		Outlet outlet = open(0, FeedFilter.ALL);
		this.feed.add("a", 1);
		outlet.await(1);
		outlet.open = false;
		Outlet other = open(0, FeedFilter.ALL);
		this.feed.add("a", 3 * LiveWindow.EVENTS);
		other.await(3 * LiveWindow.EVENTS + 1);
		outlet.open = true;
		outlet.resume();
		outlet.await(3 * LiveWindow.EVENTS + 1);
		assertThat(outlet.numbers()).isEqualTo(other.numbers());
	}

	@Test
	void aClientHearsAtOnceThatItIsHeard() {
		assertThat(open(0, FeedFilter.ALL).flushed).as("before any event or heartbeat").isEqualTo(1);
	}

	@Test
	void aReaderThatTakesNothingIsCutOffAndOneThatTakesLittleIsNot() {
		this.live = live(Duration.ofSeconds(5));
		Outlet stuck = open(0, FeedFilter.ALL);
		Outlet slow = open(0, FeedFilter.ALL);
		Outlet fine = open(0, FeedFilter.ALL);
		stuck.open = false;
		slow.open = false;
		this.feed.add("a", 5);
		fine.await(5);
		Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50)).until(() -> {
			slow.progress++;
			slow.resume();
			return stuck.end != null;
		});
		assertThat(stuck.end).isEqualTo(LiveOutlet.End.TOO_SLOW);
		assertThat(this.live.readers()).isEqualTo(2);
		assertThat(slow.end).isNull();
		assertThat(fine.end).isNull();
	}

	@Test
	void aLargeEventWaitsUntilThereIsRoomForItAndSmallOnesDoNot() {
		this.live = live(Duration.ofMinutes(2));
		Outlet holder = open(0, FeedFilter.ALL);
		holder.blocks = true;
		this.feed.add(large());
		holder.await(1);
		Outlet second = open(0, FeedFilter.ALL);
		Outlet third = open(1, FeedFilter.ALL);
		this.feed.add("small", 1);
		third.await(1);
		// Where it stands it gets signs of life.
		soon().until(() -> second.heartbeats.contains(0L));
		assertThat(second.numbers()).isEmpty();
		holder.blocks = false;
		holder.open = true;
		holder.resume();
		second.await(2);
		assertThat(second.end).isNull();
	}

	@Test
	void whoKeepsTheRoomForTooLongIsCutOffAlthoughItTakesALittle() {
		Outlet holder = open(0, FeedFilter.ALL);
		holder.blocks = true;
		this.feed.add(large());
		holder.await(1);
		Outlet next = open(0, FeedFilter.ALL);
		soon().until(() -> {
			holder.progress++;
			holder.resume();
			return !next.numbers().isEmpty();
		});
		assertThat(holder.end).isEqualTo(LiveOutlet.End.TOO_SLOW);
		assertThat(next.end).isNull();
	}

	private static Event<byte @Nullable []> large() {
		return TestFeed.event("1", "/s", "large", null, "\"" + "x".repeat(100_000) + "\"");
	}

	@Test
	void whoClosesWhileItIsServedGetsNothingMore() {
		this.feed.add("a", 100);
		Outlet outlet = new Outlet();
		outlet.reader = this.live.open(0, FeedFilter.ALL, outlet);
		outlet.last = 3;
		outlet.reader.start();
		soon().until(() -> outlet.end == LiveOutlet.End.CLOSED);
		assertThat(outlet.numbers()).containsExactly(1L, 2L, 3L);
	}

	@Test
	void whatWasTakenIsPassedOnAlsoIfNoFurtherEventComes() {
		this.live = live(Duration.ofMinutes(2));
		Outlet outlet = open(0, FeedFilter.ALL);
		outlet.passes = false;
		this.feed.add("a", 1);
		outlet.await(1);
		outlet.passes = true;
		int before = outlet.flushed;
		outlet.resume();
		soon().until(() -> outlet.flushed > before);
	}

	@Test
	void aSignOfLifeTellsThePlace() {
		Outlet outlet = open(0, new FeedFilter(TypePatterns.of(List.of("b")), FeedLimits.NONE, Set.of(), Set.of()));
		this.feed.add("a", 5);
		soon().until(() -> outlet.heartbeats.contains(5L));
		assertThat(outlet.numbers()).isEmpty();
	}

	@Test
	void whoLagsBehindWhatIsKeptIsEnded() {
		this.feed.add("a", 10_000);
		Outlet outlet = new Outlet();
		outlet.reader = this.live.open(0, FeedFilter.ALL, outlet);
		this.feed.purge(5);
		outlet.reader.start();
		soon().until(() -> outlet.end == LiveOutlet.End.GONE);
	}

	@Test
	void whoseTimeIsOverIsEndedAndNobodyElse() {
		Outlet other = new Outlet();
		other.reader = this.live.open(0, FeedFilter.ALL, other, Instant.now().plusSeconds(3600));
		other.reader.start();
		Outlet outlet = new Outlet();
		outlet.reader = this.live.open(0, FeedFilter.ALL, outlet, Instant.now());
		outlet.reader.start();
		soon().until(() -> outlet.end != null);
		assertThat(outlet.end).isEqualTo(LiveOutlet.End.EXPIRED);
		this.feed.add("a", 1);
		other.await(1);
		assertThat(outlet.numbers()).isEmpty();
		assertThat(other.end).isNull();
	}

	@Test
	void aFailingDatabaseIsAskedAgain() {
		this.feed.add("a", 5);
		this.feed.failing = true;
		Outlet outlet = open(0, FeedFilter.ALL);
		soon().until(() -> this.feed.failures > 1);
		this.feed.failing = false;
		outlet.await(5);
	}

	@Test
	void thereAreNoMoreReadersThanMay() {
		List<Outlet> outlets = new ArrayList<>();
		IntStream.range(0, 3).forEach((i) -> outlets.add(open(0, FeedFilter.ALL)));
		assertThatExceptionOfType(LiveRefusalException.class).isThrownBy(() -> open(0, FeedFilter.ALL))
			.withMessageContaining("busbar.feed.max-readers")
			.matches((refusal) -> !refusal.stopping());
		outlets.get(0).reader().close();
		open(0, FeedFilter.ALL);
	}

	@Test
	void allEndWhenTheApplicationStopsAndNoneIsAdded() {
		Outlet outlet = open(0, FeedFilter.ALL);
		this.live.stop();
		assertThat(outlet.end).isEqualTo(LiveOutlet.End.STOPPED);
		assertThat(this.live.readers()).isZero();
		assertThat(this.feed.subscribers).isEmpty();
		assertThatExceptionOfType(LiveRefusalException.class).isThrownBy(() -> open(0, FeedFilter.ALL))
			.matches(LiveRefusalException::stopping);
	}

	@Test
	void anOutletThatFailsHarmsNoOther() {
		Outlet broken = open(0, FeedFilter.ALL);
		Outlet fine = open(0, FeedFilter.ALL);
		broken.breaks = true;
		this.feed.add("a", 3);
		fine.await(3);
		assertThat(broken.end).isEqualTo(LiveOutlet.End.FAILED);
		assertThat(this.live.readers()).isOne();
	}

	@Test
	void theNextReaderIsServedAfterTheLastOneHasLeft() {
		for (int i = 1; i <= 20; i++) {
			Outlet outlet = open(this.feed.last(), FeedFilter.ALL);
			this.feed.add("a", 1);
			outlet.await(1);
			outlet.reader().close();
			this.feed.add("a", 1);
		}
	}

	private Outlet open(long after, FeedFilter filter) {
		Outlet outlet = new Outlet();
		outlet.reader = this.live.open(after, filter, outlet);
		outlet.reader.start();
		return outlet;
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(5));
	}

	/** Keeps what it gets. */
	private static final class Outlet implements LiveOutlet {

		private final List<Long> sent = new CopyOnWriteArrayList<>();

		private final List<Long> heartbeats = new CopyOnWriteArrayList<>();

		private volatile boolean open = true;

		/** Whether it is not ready any more once it has taken one. */
		private volatile boolean blocks;

		private volatile boolean breaks;

		/** With which event the reader has had enough. */
		private volatile long last;

		/** Whether what was taken can be passed on whole. */
		private volatile boolean passes = true;

		private volatile int flushed;

		private volatile long progress;

		private volatile @Nullable End end;

		private volatile @Nullable LiveReader reader;

		@Override
		public boolean ready() {
			return this.open;
		}

		@Override
		public long progress() {
			return this.progress;
		}

		@Override
		public void send(LiveEvent event) {
			if (this.breaks) {
				throw new IllegalStateException("broken");
			}
			if (this.blocks) {
				this.open = false;
			}
			this.sent.add(event.number());
			if (event.number() == this.last) {
				reader().close();
			}
		}

		@Override
		public void heartbeat(long position) {
			this.heartbeats.add(position);
		}

		@Override
		public boolean flush() {
			this.flushed += this.passes ? 1 : 0;
			return this.passes;
		}

		@Override
		public void end(End reason) {
			this.end = reason;
		}

		LiveReader reader() {
			return Objects.requireNonNull(this.reader);
		}

		void resume() {
			reader().resume();
		}

		List<Long> numbers() {
			return List.copyOf(this.sent);
		}

		void await(int count) {
			soon().until(() -> this.sent.size() >= count);
			assertThat(this.sent).hasSize(count);
		}

	}

	/** A feed in memory. */
	private static final class MemoryFeed implements Feed {

		private final List<FeedEvent> events = new CopyOnWriteArrayList<>();

		private final List<LongConsumer> subscribers = new CopyOnWriteArrayList<>();

		private volatile int pages;

		private volatile boolean failing;

		private volatile int failures;

		private volatile long oldest = 1;

		void add(String type, int count) {
			List<FeedEvent> more = new ArrayList<>();
			for (int i = 1; i <= count; i++) {
				more.add(new FeedEvent(this.events.size() + i, Instant.EPOCH, TestFeed.event(type)));
			}
			this.events.addAll(more);
			this.subscribers.forEach((subscriber) -> subscriber.accept(last()));
		}

		void add(Event<byte @Nullable []> event) {
			this.events.add(new FeedEvent(this.events.size() + 1, Instant.EPOCH, event));
			this.subscribers.forEach((subscriber) -> subscriber.accept(last()));
		}

		void purge(long before) {
			this.oldest = before;
		}

		@Override
		public long last() {
			if (this.failing) {
				this.failures++;
				throw new IllegalStateException("failing");
			}
			return this.events.size();
		}

		@Override
		public long oldest() {
			return this.oldest;
		}

		@Override
		public long before(Instant time) {
			return 0;
		}

		@Override
		public List<FeedEvent> read(long after, int limit) {
			List<FeedEvent> all = List.copyOf(this.events);
			return all.subList((int) after, (int) Math.min(all.size(), after + limit));
		}

		@Override
		public FeedPage read(long after, FeedFilter filter, int limit) {
			this.pages++;
			if (after < this.oldest - 1) {
				throw new FeedPositionException(after, this.oldest, this.events.size());
			}
			List<FeedEvent> page = read(after, limit);
			return new FeedPage(page.stream().filter((event) -> filter.passes(event.event())).toList(),
					after + page.size());
		}

		@Override
		public Subscription onNews(LongConsumer subscriber) {
			this.subscribers.add(subscriber);
			subscriber.accept(0);
			return () -> this.subscribers.remove(subscriber);
		}

	}

}
