package dev.busbar.handler.batch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.busbar.event.Event;
import dev.busbar.event.NonRetryable;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.RetryProperties;
import dev.busbar.handler.RetryProperties.Order;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.inbox.InboxEntry.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attempts that are delayed, and what becomes of the events behind them.
 */
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DelayedAttemptsTests {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private final RetryFixture fixture = new RetryFixture();

	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	private final List<String> calls = new ArrayList<>();

	@AfterAll
	void close() {
		this.fixture.close();
	}

	@BeforeEach
	void clear() {
		this.fixture.clear();
		this.failing.clear();
		this.calls.clear();
		this.fixture.inPlace = Duration.ofMinutes(5);
	}

	@Test
	void afterTheAttemptsInPlaceThereIsOneForEachDelayAndThenADeadLetter() {
		HandlerBatch batch = batch(Order.PARK, MINUTE, Duration.ofMinutes(10));
		this.failing.add("1");
		Instant before = this.fixture.clock.instant();
		deliver(batch, event("1", "a"));
		assertThat(this.calls).containsExactly("1", "1");
		assertThat(this.fixture.entry("1").state()).isEqualTo(State.DELAYED);
		assertThat(this.fixture.entry("1").attempts()).isEqualTo(2);
		assertThat(this.fixture.relay()).as("not due yet").isEmpty();
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		assertThat(this.calls).hasSize(3);
		this.fixture.clock.advance(MINUTE);
		assertThat(this.fixture.relay()).as("the second delay is longer").isEmpty();
		this.fixture.clock.advance(Duration.ofMinutes(10));
		relay(batch);
		assertThat(this.calls).hasSize(4);
		DeadLetter letter = this.fixture.letter("1");
		assertThat(letter.attempts()).isEqualTo(4);
		assertThat(letter.firstFailure()).isBetween(before, before.plusSeconds(1));
		assertThat(letter.lastFailure()).isAfter(before.plusSeconds(600));
		assertThat(letter.headers()).noneSatisfy((name, value) -> assertThat(name).contains("busbar"));
		assertThat(this.fixture.entry("1").state()).isEqualTo(State.DEAD);
		assertThat(this.fixture.entry("1").attempts()).isEqualTo(4);
		assertThat(this.fixture.waiting()).isZero();
	}

	@Test
	void laterEventsOfTheKeyAreParkedAndFollowInOrderWhileOthersGoOn() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.add("1");
		deliver(batch, event("1", "a"), event("2", "a"), event("3", "b"), event("4", "a"));
		deliver(batch, event("5", "a"), event("6", null));
		assertThat(this.fixture.effects()).containsExactly("3", "6");
		assertThat(this.fixture.entry("4").state()).isEqualTo(State.DELAYED);
		assertThat(this.fixture.entry("4").attempts()).isZero();
		this.failing.clear();
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("3", "6", "1");
		deliver(batch, event("7", "a"));
		relay(batch);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("3", "6", "1", "2", "4", "5", "7");
		assertThat(this.fixture.waiting()).isZero();
		deliver(batch, event("8", "a"));
		assertThat(this.fixture.effects()).endsWith("7", "8");
	}

	@Test
	void laterEventsOfTheKeyOvertakeIfTheHandlerChoosesSo() {
		HandlerBatch batch = batch(Order.OVERTAKE, MINUTE);
		this.failing.add("1");
		deliver(batch, event("1", "a"), event("2", "a"));
		assertThat(this.fixture.effects()).containsExactly("2");
		this.failing.clear();
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("2", "1");
		assertThat(this.fixture.waiting()).isZero();
	}

	@Test
	void aParkedEventThatFailsHoldsThoseBehindItAgain() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.addAll(Set.of("1", "2"));
		deliver(batch, event("1", "a"), event("2", "a"), event("3", "a"));
		this.failing.remove("1");
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("1");
		relay(batch);
		assertThat(this.fixture.effects()).as("3 waits behind 2").containsExactly("1");
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		assertThat(this.fixture.letter("2").attempts()).isEqualTo(3);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("1", "3");
		assertThat(this.fixture.waiting()).isZero();
	}

	@Test
	void aRedeliveryThatComesTwiceOrLateTakesEffectOnce() {
		HandlerBatch batch = batch(Order.PARK, MINUTE, MINUTE);
		this.failing.add("1");
		deliver(batch, event("1", "a"));
		this.fixture.clock.advance(MINUTE);
		List<Event<byte @Nullable []>> first = this.fixture.relay();
		deliver(batch, first);
		assertThat(this.calls).hasSize(3);
		deliver(batch, first);
		assertThat(this.calls).as("its token is no longer the right one").hasSize(3);
		this.failing.clear();
		this.fixture.clock.advance(MINUTE);
		List<Event<byte @Nullable []>> second = this.fixture.relay();
		deliver(batch, second);
		deliver(batch, second);
		deliver(batch, event("1", "a"));
		assertThat(this.fixture.effects()).containsExactly("1");
	}

	@Test
	void aParkedEventThatComesTwiceInOneDeliveryIsNotLost() {
		HandlerBatch batch = batch(Order.PARK, MINUTE, MINUTE);
		this.failing.add("2");
		deliver(batch, event("2", "a"), event("3", "a"), event("4", "a"));
		this.fixture.clock.advance(MINUTE);
		this.failing.clear();
		deliver(batch, this.fixture.relay());
		List<Event<byte @Nullable []>> both = this.fixture.relay();
		assertThat(both).extracting(Event::id).containsExactly("3", "4");
		deliver(batch, both.get(1), both.get(1));
		deliver(batch, both.get(0));
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("2", "3", "4");
	}

	@Test
	void forgedAttributesOpenNothing() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.add("1");
		deliver(batch, event("1", "a"));
		int before = this.calls.size();
		deliver(batch, RetryFixture.marked(event("1", "a"), RetryFixture.GROUP, UUID.randomUUID().toString()),
				RetryFixture.marked(event("2", "b"), RetryFixture.GROUP, UUID.randomUUID().toString()),
				RetryFixture.marked(event("3", "b"), "another group", UUID.randomUUID().toString()));
		assertThat(this.calls).hasSize(before);
		deliver(batch, RetryFixture.marked(event("4", "b"), RetryFixture.GROUP, "no token"));
		assertThat(this.fixture.effects()).as("an event like any other").containsExactly("4");
	}

	@Test
	void whatNamesAnotherGroupIsLeftToItAndSaidAtDebug(CapturedOutput output) {
		Logger logger = (Logger) LoggerFactory.getLogger("dev.busbar.handled");
		Level before = logger.getLevel();
		logger.setLevel(Level.DEBUG);
		try {
			deliver(batch(Order.PARK),
					RetryFixture.marked(event("forged", "a"), "nobody", UUID.randomUUID().toString()));
		}
		finally {
			logger.setLevel(before);
		}
		assertThat(this.calls).isEmpty();
		assertThat(output.getOut()).contains("passed over type=placed id=forged source=/test");
	}

	@Test
	void theHandlerDoesNotSeeTheAttributesOfARedelivery() {
		List<Map<String, String>> extensions = new ArrayList<>();
		HandlerBatch batch = this.fixture.batch(this.fixture.policy(Order.PARK, MINUTE), (event) -> {
			extensions.add(event.extensions());
			if (extensions.size() < 3) {
				throw new IllegalStateException("not yet");
			}
		});
		deliver(batch, event("1", "a"));
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		assertThat(extensions).hasSize(3).containsOnly(Map.of());
	}

	@Test
	void whatNoAttemptMendsIsADeadLetterAfterTheFirst() {
		RetryPolicy policy = RetryPolicy.of("handle", new RetryProperties(null, null, null, 0, List.of(MINUTE),
				Order.PARK, List.of("java.lang.UnsupportedOperationException")), this.fixture.properties);
		HandlerBatch batch = this.fixture.batch(policy, (event) -> {
			this.calls.add(event.id());
			throw (event.id().equals("1")) ? new IllegalStateException(new Hopeless())
					: new UnsupportedOperationException();
		});
		deliver(batch, event("1", "a"));
		deliver(batch, event("2", "a"));
		assertThat(this.calls).containsExactly("1", "2");
		assertThat(this.fixture.letter("1").attempts()).isEqualTo(1);
		assertThat(this.fixture.letter("2").attempts()).isEqualTo(1);
	}

	@NonRetryable
	static class Hopeless extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	@Test
	void onceTheTimeInPlaceIsUsedUpAttemptsAreDelayedInsteadAndNoneIsLost() {
		this.fixture.inPlace = Duration.ofSeconds(1);
		RetryPolicy policy = RetryPolicy.of("handle", new RetryProperties(3, Duration.ofMinutes(1),
				Duration.ofMinutes(1), 0, List.of(), Order.PARK, List.of()), this.fixture.properties);
		HandlerBatch batch = this.fixture.batch(policy, this::handle);
		this.failing.add("1");
		deliver(batch, event("1", "a"), event("2", "a"), event("3", "b"));
		assertThat(this.fixture.effects()).containsExactly("3");
		for (int attempt = 2; attempt <= 3; attempt++) {
			this.fixture.clock.advance(MINUTE);
			relay(batch);
		}
		assertThat(this.fixture.letter("1").attempts()).isEqualTo(3);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("3", "2");
	}

	@Test
	void whileOnePartitionWaitsTheOthersOfTheDeliveryGoOn() {
		RetryPolicy policy = RetryPolicy.of("handle", new RetryProperties(2, Duration.ofMillis(200),
				Duration.ofMillis(200), 0, List.of(), Order.PARK, List.of()), this.fixture.properties);
		HandlerBatch batch = this.fixture.batch(policy, this::handle);
		this.failing.add("1");
		List<Event<byte @Nullable []>> events = List.of(event("1", "a"), event("2", "b"), event("3", "a"),
				event("4", "b"));
		List<Map<String, Object>> headers = new ArrayList<>();
		events.forEach((event) -> headers.add(RetryFixture.headers(event, "a".equals(event.key()) ? 0 : 1)));
		batch.handleMessage(MessageBuilder.withPayload(events.stream().map(Event::data).toList())
			.setHeader("jdbc_batchedHeaders", headers)
			.build());
		assertThat(this.fixture.effects()).containsExactly("2", "4", "3");
		assertThat(this.fixture.letter("1").attempts()).isEqualTo(2);
	}

	@Test
	void aReplayRunsOnceWithChangedDataAndOneThatFailsIsTheSameLetterAgain() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.add("1");
		deliver(batch, event("1", "a"));
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		UUID letter = this.fixture.letter("1").id();
		replay(event("1", "edited"), letter);
		relay(batch);
		assertThat(this.fixture.letter("1").id()).isEqualTo(letter);
		assertThat(this.fixture.letter("1").attempts()).as("three, and two of the replay").isEqualTo(5);
		assertThat(this.fixture.deadLetters.count()).isOne();
		assertThat(this.fixture.entry("1").state()).isEqualTo(State.DEAD);
		assertThat(this.fixture.entry("1").attempts()).isEqualTo(5);
		assertThat(stateOf(letter)).isEqualTo("OPEN");
		this.failing.clear();
		replay(event("1", "edited"), letter);
		List<Event<byte @Nullable []>> sent = this.fixture.relay();
		deliver(batch, sent);
		deliver(batch, sent);
		assertThat(this.fixture.effects()).containsExactly("1");
		assertThat(stateOf(letter)).isEqualTo("REPLAYED");
		assertThat(this.fixture.waiting()).isZero();
	}

	@Test
	void aReplayWhoseTimeInPlaceIsUsedUpIsDelayedAndStaysTheSameLetter() {
		RetryPolicy policy = RetryPolicy.of("handle",
				new RetryProperties(3, MINUTE, MINUTE, 0, List.of(), Order.PARK, List.of()), this.fixture.properties);
		this.fixture.inPlace = Duration.ofSeconds(1);
		HandlerBatch batch = this.fixture.batch(policy, this::handle);
		this.failing.add("1");
		deliver(batch, event("1", "a"));
		for (int attempt = 2; attempt <= 3; attempt++) {
			this.fixture.clock.advance(MINUTE);
			relay(batch);
		}
		UUID letter = this.fixture.letter("1").id();
		replay(event("1", "a"), letter);
		for (int attempt = 1; attempt <= 3; attempt++) {
			relay(batch);
			relay(batch);
			assertThat(this.calls).hasSize(3 + attempt);
			assertThat(stateOf(letter)).isEqualTo((attempt < 3) ? "REPLAYING" : "OPEN");
			assertThat(this.fixture.entry("1").attempts()).isEqualTo(3 + attempt);
			this.fixture.clock.advance(MINUTE);
		}
		assertThat(this.fixture.letter("1").attempts()).isEqualTo(6);
		assertThat(this.fixture.deadLetters.count()).isOne();
		assertThat(this.fixture.waiting()).isZero();
		replay(event("1", "a"), letter);
		relay(batch);
		this.failing.clear();
		this.fixture.clock.advance(MINUTE);
		relay(batch);
		assertThat(this.fixture.effects()).containsExactly("1");
		assertThat(stateOf(letter)).isEqualTo("REPLAYED");
		assertThat(this.fixture.entry("1").attempts()).isEqualTo(8);
		assertThat(this.fixture.waiting()).isZero();
	}

	@Test
	void theLetterOfADelayedEventIsOfTheMessageThatCameFirst() {
		HandlerBatch batch = batch(Order.PARK, MINUTE, MINUTE);
		this.failing.add("1");
		Message<?> message = RetryFixture.structured(event("1", "a"), 1, 42);
		batch.handleMessage(message);
		relayAfterAMinute(batch);
		relayAfterAMinute(batch);
		assertThat(this.calls).hasSize(4);
		assertIsOf(message, this.fixture.letter("1"));
	}

	@Test
	void theLetterOfAParkedEventIsOfTheMessageThatCameFirst() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.addAll(Set.of("1", "2"));
		deliver(batch, event("1", "a"));
		Message<?> message = RetryFixture.structured(event("2", "a"), 1, 42);
		batch.handleMessage(message);
		relayAfterAMinute(batch);
		relay(batch);
		assertThat(this.calls).containsExactly("1", "1", "1", "2", "2");
		relayAfterAMinute(batch);
		assertIsOf(message, this.fixture.letter("2"));
	}

	@Test
	void theLetterOfAReplayThatFailsIsStillOfTheMessageThatCameFirst() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.add("1");
		Message<?> message = RetryFixture.structured(event("1", "a"), 1, 42);
		batch.handleMessage(message);
		relayAfterAMinute(batch);
		replay(event("1", "edited"), this.fixture.letter("1").id());
		relay(batch);
		assertThat(this.fixture.letter("1").attempts()).isEqualTo(5);
		assertIsOf(message, this.fixture.letter("1"));
	}

	@Test
	void anotherEventUnderTheTokenOfARedeliveryDoesNotEndIt() {
		HandlerBatch batch = batch(Order.PARK, MINUTE);
		this.failing.add("1");
		deliver(batch, event("1", "a"));
		this.fixture.clock.advance(MINUTE);
		Event<byte @Nullable []> sent = this.fixture.relay().get(0);
		byte[] other = "{}".getBytes(StandardCharsets.UTF_8);
		String token = sent.extensions().get(Redeliveries.TOKEN);
		deliver(batch, sent.withData(other), RetryFixture.marked(event("2", "a"), RetryFixture.GROUP, token));
		assertThat(this.fixture.letter("1").payload()).isEqualTo(other);
		this.failing.clear();
		deliver(batch, sent);
		assertThat(this.fixture.effects()).containsExactly("1");
		assertThat(this.fixture.waiting()).isZero();
	}

	private static void assertIsOf(Message<?> message, DeadLetter letter) {
		assertThat(letter.payload()).isEqualTo(((List<?>) message.getPayload()).get(0));
		assertThat(letter.headers()).isEqualTo(Map.of("content-type", "application/cloudevents+json", "x-tenant",
				"acme", "x-password", "(hidden)", "jdbc_partition", "1", "jdbc_offset", "42"));
		assertThat(letter.origin()).isEqualTo(new DeadLetter.Origin("test", "placed", 1, 42L));
	}

	private void relayAfterAMinute(HandlerBatch batch) {
		this.fixture.clock.advance(MINUTE);
		relay(batch);
	}

	@Test
	void aRedeliveryThatNoLongerDecodesEndsAsADeadLetter() {
		Event<byte @Nullable []> broken = event("1", "a").withData(new byte[] { '{' });
		replay(broken, UUID.randomUUID());
		relay(batch(Order.PARK, MINUTE));
		assertThat(this.fixture.letter("1").payload()).isEqualTo(broken.data());
		assertThat(this.fixture.waiting()).isZero();
	}

	private void replay(Event<byte @Nullable []> event, UUID letter) {
		UUID token = UUID.randomUUID();
		assertThat(this.fixture.inbox.replay(RetryFixture.GROUP, event, token)).isTrue();
		this.fixture.jdbc.update("update busbar_dead_letter set state = 'REPLAYING' where id = ?", letter);
		this.fixture.redeliveries.add(List.of(new Redelivery(Redelivery.Kind.REPLAY, RetryFixture.GROUP, event, token,
				Instant.EPOCH, null, 0, null, letter, null)));
	}

	private String stateOf(UUID letter) {
		return this.fixture.jdbc.queryForObject("select state from busbar_dead_letter where id = ?", String.class,
				letter);
	}

	private HandlerBatch batch(Order order, Duration... delays) {
		return this.fixture.batch(this.fixture.policy(order, delays), this::handle);
	}

	private void handle(Event<?> event) {
		this.calls.add(event.id());
		if (this.failing.contains(event.id())) {
			throw new IllegalStateException("no such item");
		}
	}

	private void relay(HandlerBatch batch) {
		deliver(batch, this.fixture.relay());
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private static void deliver(HandlerBatch batch, Event<byte @Nullable []>... events) {
		deliver(batch, List.of(events));
	}

	private static void deliver(HandlerBatch batch, List<Event<byte @Nullable []>> events) {
		batch.handleMessage(RetryFixture.delivery(events, 0));
	}

	private Event<byte @Nullable []> event(String id, @Nullable String key) {
		return this.fixture.event(id, key);
	}

}
