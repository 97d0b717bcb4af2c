package dev.busbar.store.outcome;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.inbox.Inbox;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told of events that someone waits for, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutcomesContract {

	private final TestDatabase database;

	private final Inbox inbox;

	private final Outcomes outcomes;

	OutcomesContract(TestDatabase database) {
		this.database = database.withTables();
		this.inbox = database.inbox();
		this.outcomes = new Outcomes(database.dataSource());
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anEventThatIsHandledHasEnded() {
		Event<byte @Nullable []> event = event("handled", "{}");
		assertThat(of(event)).isNull();
		admit("g", event);
		assertThat(of(event)).isInstanceOf(Outcome.Handled.class);
		assertThat(this.outcomes.of(List.of(AwaitedEvent.of("another", event)))).isEmpty();
	}

	@Test
	void anEventThatIsTriedAgainHasNot() {
		Event<byte @Nullable []> event = event("delayed", "{}");
		long handling = admit("g", event);
		this.inbox.delay("g", handling, List.of(new Inbox.Delayed(event, 1, UUID.randomUUID())));
		assertThat(of(event)).isNull();
	}

	@Test
	void aDeadLetterIsNamed() {
		Event<byte @Nullable []> event = event("dead", "{\"a\":1}");
		this.inbox.bury("g", event, null, 3);
		assertThat(of(event)).as("its letter is not there yet").isNull();
		UUID letter = bury(event);
		assertThat(of(event)).isEqualTo(new Outcome.Dead(letter, "handler", "x.Boom", 3));
	}

	@Test
	void anotherEventUnderTheSameIdIsNotTheSame() {
		admit("g", event("taken", "{\"a\":1}"));
		Event<byte @Nullable []> other = event("taken", "{\"a\":2}");
		assertThat(of(other)).isNull();
		UUID letter = bury(other);
		assertThat(of(other)).isEqualTo(new Outcome.Dead(letter, "handler", "x.Boom", 3));
		assertThat(of(event("taken", "{\"a\":1}"))).isInstanceOf(Outcome.Handled.class);
		Event<byte @Nullable []> otherType = new Event<>("taken", "/test", "order.paid", null, null, null, null, null,
				null, null, Map.of(), "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
		assertThat(of(otherType)).isNull();
	}

	@Test
	void thousandsAreLookedForAtOnce() {
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		List<AwaitedEvent> awaited = new ArrayList<>();
		for (int number = 0; number < 2500; number++) {
			Event<byte @Nullable []> event = event("many-" + number, "{}");
			awaited.add(AwaitedEvent.of("g", event));
			if (number % 2 == 0) {
				events.add(event);
			}
		}
		this.inbox.admit("g", events, 1);
		assertThat(this.outcomes.of(awaited)).hasSize(1250);
	}

	private long admit(String group, Event<byte @Nullable []> event) {
		return this.inbox.admit(group, List.of(event), 1).handling();
	}

	private UUID bury(Event<byte @Nullable []> event) {
		UUID id = UUID.randomUUID();
		byte[] data = event.data();
		this.database.deadLetters()
			.add(new DeadLetter(id, "g", "handler", event.source(), event.id(), event.type(), null, Map.of(),
					(data != null) ? data : new byte[0], "x.Boom", "boom", 3, Instant.EPOCH, Instant.EPOCH,
					new DeadLetter.Origin("embedded", "order.placed", 0, 1L)));
		return id;
	}

	private @Nullable Outcome of(Event<byte @Nullable []> event) {
		AwaitedEvent awaited = AwaitedEvent.of("g", event);
		return this.outcomes.of(List.of(awaited)).get(awaited);
	}

	private static Event<byte @Nullable []> event(String id, String data) {
		return new Event<>(id, "/test", "order.placed", null, null, null, null, null, null, null, Map.of(),
				data.getBytes(StandardCharsets.UTF_8));
	}

}
