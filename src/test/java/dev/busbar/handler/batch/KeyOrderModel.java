package dev.busbar.handler.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import dev.busbar.event.Event;
import dev.busbar.handler.RetryProperties.Order;
import dev.busbar.store.inbox.InboxEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The order of keys under random schedules: events that fail some times or always, a
 * broker that delivers twice, goes back, and loses redeliveries.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KeyOrderModel {

	private static final int EVENTS = 60;

	private static final int KEYS = 4;

	private static final int PARTITIONS = 2;

	private RetryFixture fixture;

	private final List<List<Event<byte @Nullable []>>> partitions = new ArrayList<>();

	private final int[] positions = new int[PARTITIONS];

	private final Map<String, List<String>> published = new LinkedHashMap<>();

	private final Map<String, Integer> failures = new HashMap<>();

	/** A fixture on an empty database. */
	abstract RetryFixture open();

	@BeforeAll
	void start() {
		this.fixture = open();
	}

	@AfterAll
	void close() {
		this.fixture.close();
	}

	@BeforeEach
	void clear() {
		this.fixture.clear();
		this.partitions.clear();
		this.published.clear();
		this.failures.clear();
		for (int partition = 0; partition < PARTITIONS; partition++) {
			this.partitions.add(new ArrayList<>());
			this.positions[partition] = 0;
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void eachKeysEventsAreDoneOnceAndInTheirOrder(long seed) {
		Random random = new Random(seed);
		HandlerBatch batch = this.fixture
			.batch(this.fixture.policy(Order.PARK, Duration.ofMinutes(1), Duration.ofMinutes(20)), this::handle);
		int next = 0;
		while (next < EVENTS) {
			int step = random.nextInt(100);
			if (step < 45) {
				publish(String.valueOf(next++), "key-" + random.nextInt(KEYS), random);
			}
			else if (step < 80) {
				deliver(batch, random);
			}
			else if (step < 92) {
				relay((event) -> random.nextInt(10) > 0);
			}
			else {
				this.fixture.clock.advance(Duration.ofSeconds(random.nextInt(90)));
			}
		}
		for (int rounds = 0; unfinished(); rounds++) {
			assertThat(rounds).as("something waits for ever").isLessThan(2000);
			deliver(batch, random);
			relay((event) -> true);
			this.fixture.clock.advance(Duration.ofMinutes(1));
		}
		verify();
	}

	private void publish(String id, String key, Random random) {
		int kind = random.nextInt(10);
		this.failures.put(id, (kind < 6) ? 0 : (kind < 9) ? random.nextInt(4) : Integer.MAX_VALUE);
		this.published.computeIfAbsent(key, (any) -> new ArrayList<>()).add(id);
		append(this.fixture.event(id, key));
	}

	private void append(Event<byte @Nullable []> event) {
		this.partitions.get(Math.abs(String.valueOf(event.key()).hashCode()) % PARTITIONS).add(event);
	}

	private void deliver(HandlerBatch batch, Random random) {
		int partition = random.nextInt(PARTITIONS);
		List<Event<byte @Nullable []>> log = this.partitions.get(partition);
		int from = Math.max(0, this.positions[partition] - (random.nextInt(5) == 0 ? random.nextInt(6) : 0));
		int to = Math.min(log.size(), from + 1 + random.nextInt(12));
		if (to > from) {
			batch.handleMessage(RetryFixture.delivery(log.subList(from, to), partition));
			this.positions[partition] = Math.max(this.positions[partition], to);
		}
	}

	private void relay(java.util.function.Predicate<Event<?>> arrives) {
		this.fixture.relay().stream().filter(arrives).forEach(this::append);
	}

	private void handle(Event<?> event) {
		int left = this.failures.getOrDefault(event.id(), 0);
		if (left > 0) {
			this.failures.put(event.id(), (left == Integer.MAX_VALUE) ? left : left - 1);
			throw new IllegalStateException("fails " + left);
		}
	}

	private boolean unfinished() {
		for (int partition = 0; partition < PARTITIONS; partition++) {
			if (this.positions[partition] < this.partitions.get(partition).size()) {
				return true;
			}
		}
		return this.fixture.waiting() > 0;
	}

	private void verify() {
		List<String> effects = this.fixture.effects();
		assertThat(effects).doesNotHaveDuplicates();
		Set<String> dead = new HashSet<>();
		this.published.forEach((key, ids) -> {
			Instant last = Instant.MIN;
			for (String id : ids) {
				InboxEntry entry = this.fixture.entry(id);
				assertThat(entry.time()).as("%s of %s", id, key).isAfterOrEqualTo(last);
				last = entry.time();
				if (entry.state() == InboxEntry.State.DEAD) {
					dead.add(id);
					assertThat(this.fixture.letter(id).attempts()).isEqualTo(4);
				}
			}
			List<String> handled = ids.stream().filter((id) -> !dead.contains(id)).toList();
			assertThat(effects.stream().filter(ids::contains).toList()).isEqualTo(handled);
		});
		assertThat(effects.size() + dead.size()).isEqualTo(EVENTS);
		assertThat(dead).as("the schedule has some of each").isNotEmpty();
	}

}
