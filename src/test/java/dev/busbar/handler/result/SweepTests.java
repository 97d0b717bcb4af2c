package dev.busbar.handler.result;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.Event;
import dev.busbar.event.EventType;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.Leases;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;

class SweepTests {

	@EventType("known")
	record Known() {
	}

	private final TestOutbox outbox = new TestOutbox();

	private final List<DeadLetter> letters = new ArrayList<>();

	private final List<String> published = new ArrayList<>();

	private @Nullable String away;

	private @Nullable String rejected;

	private boolean leased = true;

	private final TestBus bus = new TestBus();

	private final HandlingProperties properties = new HandlingProperties(3, Duration.ofMillis(1), Duration.ofMillis(1),
			200, Duration.ofMillis(500), Duration.ofSeconds(30));

	private final ResultPublisher publisher = new ResultPublisher(this.bus, this.outbox,
			new DeadLetterOffice(new TestLetters(),
					new EventStreams(List.of(new EventStream("results", "results", Set.of("known"), 4, true))), "g",
					"test", Clock.systemUTC()),
			TransactionOperations.withoutTransaction(), this.properties, new Patience());

	private final Sweep sweep = new Sweep("g", new EventTypes(List.of(Known.class), JsonMapper.builder().build()),
			this.outbox, new TestLeases(), this.publisher, TransactionOperations.withoutTransaction(), this.properties,
			Clock.systemUTC());

	@Test
	void publishesWhatACrashLeftBehindInItsOrder() {
		this.outbox.store("known", "1", "2", "3");
		assertThat(this.sweep.runSafely()).isEqualTo(3);
		assertThat(this.published).containsExactly("1", "2", "3");
		assertThat(this.outbox.unmarked).isEmpty();
	}

	@Test
	void aRejectedResultIsADeadLetterAndOneThatMustWaitIsSweptLater() {
		this.outbox.store("known", "1", "2", "3");
		this.rejected = "1";
		this.away = "2";
		assertThat(this.sweep.runSafely()).isZero();
		assertThat(this.letters).extracting(DeadLetter::eventId).containsExactly("1");
		assertThat(this.letters).extracting((letter) -> letter.origin().destination()).containsExactly("results");
		assertThat(this.outbox.unmarked.values()).extracting(Event::id).containsExactly("2", "3");
		this.away = null;
		assertThat(this.sweep.runSafely()).isEqualTo(2);
		assertThat(this.published).containsExactly("2", "3");
		assertThat(this.letters).hasSize(1);
	}

	@Test
	void leavesTypesOfAnotherVersionToThatVersion() {
		this.outbox.store("newer", "1");
		assertThat(this.sweep.runSafely()).isZero();
		assertThat(this.outbox.unmarked).hasSize(1);
		assertThat(this.letters).isEmpty();
	}

	@Test
	void howeverManyTypesOfAnotherVersionComeFirstKnownOnesArePublished() {
		IntStream.range(0, 2_500).forEach((number) -> this.outbox.store("newer", "n" + number));
		this.outbox.store("known", "1", "2");
		assertThat(this.sweep.runSafely()).isEqualTo(2);
		assertThat(this.published).containsExactly("1", "2");
		assertThat(this.outbox.unmarked).hasSize(2_500);
	}

	@Test
	void oneInstanceSweepsAtATime() {
		this.outbox.store("known", "1");
		this.leased = false;
		assertThat(this.sweep.runSafely()).isZero();
		assertThat(this.published).isEmpty();
	}

	private final class TestBus implements EventBus {

		@Override
		public void publishAll(List<Event<byte @Nullable []>> events) {
			for (Event<?> event : events) {
				if (event.id().equals(SweepTests.this.away)) {
					throw new BrokerUnavailableException("away", null);
				}
				if (event.id().equals(SweepTests.this.rejected)) {
					throw new EventRejectedException("rejected", null);
				}
			}
			events.forEach((event) -> SweepTests.this.published.add(event.id()));
		}

	}

	private final class TestLetters implements DeadLetters {

		@Override
		public boolean add(DeadLetter letter) {
			return SweepTests.this.letters.add(letter);
		}

		@Override
		public void replayed(UUID letter) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean failedAgain(UUID letter, DeadLetter failure) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<DeadLetter> find(String eventId) {
			return List.of();
		}

		@Override
		public List<Summary> summaries(String eventId, @Nullable String source, int limit) {
			return List.of();
		}

		@Override
		public List<String> sources(String eventId, int limit) {
			return List.of();
		}

		@Override
		public List<Summary> refused(Collection<String> ids, int limit) {
			return List.of();
		}

		@Override
		public long count() {
			return 0;
		}

	}

	private final class TestLeases implements Leases {

		@Override
		public boolean acquire(String name, Duration ttl) {
			return SweepTests.this.leased;
		}

		@Override
		public void release(String name) {
		}

	}

	private static final class TestOutbox implements Outbox {

		private final Map<Long, Event<byte @Nullable []>> unmarked = new LinkedHashMap<>();

		void store(String type, String... ids) {
			for (String id : ids) {
				this.unmarked.put((long) this.unmarked.size(), new Event<>(id, "/g", type, null, null, null, null, null,
						null, null, Map.of(), new byte[] { '{', '}' }));
			}
		}

		@Override
		public List<OutboxEntry> add(long handling, List<Result> results, Meanwhile meanwhile) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void addPublished(long handling, List<Result> results, List<Long> micros) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void markPublished(Collection<Long> entries) {
			this.unmarked.keySet().removeAll(entries);
		}

		@Override
		public List<OutboxEntry> unpublished(String group, Collection<? extends Event<?>> causes) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<OutboxEntry> claimUnpublished(String group, Instant before, long after, int limit) {
			return this.unmarked.entrySet()
				.stream()
				.filter((entry) -> entry.getKey() > after)
				.limit(limit)
				.map((entry) -> new OutboxEntry(entry.getKey(), entry.getValue(), null))
				.toList();
		}

		@Override
		public List<OutboxEntry> resultsOf(Collection<String> groups, String source, String id, int limit) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<OutboxEntry> wholeResultsOf(String group, String source, String id, int limit) {
			throw new UnsupportedOperationException();
		}

	}

}
