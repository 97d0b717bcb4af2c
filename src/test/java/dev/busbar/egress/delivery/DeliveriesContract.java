package dev.busbar.egress.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.egress.delivery.DeliveryClaims.Claim;
import dev.busbar.egress.delivery.DeliveryClaims.End;
import dev.busbar.egress.delivery.DeliveryRows.Addition;
import dev.busbar.egress.webhook.Attempt;
import dev.busbar.event.Event;
import dev.busbar.store.DeliveryTrail.Entry;
import dev.busbar.store.DeliveryTrail.Try;
import dev.busbar.store.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What the store of deliveries promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DeliveriesContract {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	private static final Instant LEASE = NOW.plusSeconds(60);

	private final TestDatabase database;

	private final DeliveryRows rows;

	private final DeliveryClaims claims;

	private final DeliveryArchive archive;

	DeliveriesContract(TestDatabase database) {
		this.database = database.withTables();
		this.rows = new DeliveryRows(database.dataSource(), "app");
		this.claims = new DeliveryClaims(database.dataSource(), "app");
		this.archive = new DeliveryArchive(database.dataSource(), "app", new DispatchSignal(), database.transaction(),
				Clock.fixed(NOW, ZoneOffset.UTC));
	}

	@BeforeEach
	void clear() {
		for (String table : List.of("busbar_delivery", "busbar_delivery_event", "busbar_delivery_attempt",
				"busbar_subscription", "busbar_endpoint")) {
			this.database.jdbc().update("delete from " + table);
		}
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anEventIsKeptOnceAndAsItCame() {
		Event<byte @Nullable []> event = event("e1", "{ \"a\" : 1 }");
		add(event, "one", "two");
		List<Claim> one = claim("one", 10);
		List<Claim> two = claim("two", 10);
		assertThat(one.get(0).event()).isEqualTo(two.get(0).event());
		assertThat(this.claims.events(one).values()).singleElement().satisfies((message) -> {
			assertThat(message.event().data()).isEqualTo(event.data());
			assertThat(message.event().withData("")).isEqualTo(event.withData(""));
			assertThat(message.id()).isEqualTo(DeliveryRows.message(event)).matches("msg_[A-Za-z0-9_-]{32}");
		});
		assertThat(DeliveryRows.message(event("e2", "{}"))).isNotEqualTo(DeliveryRows.message(event));
	}

	@Test
	void largeAndAbsentDataAreKept() {
		String large = "\"" + "x".repeat(1_200_000) + "\"";
		add(event("large", large), "one");
		add(event("none", null), "one");
		List<Claim> claims = claim("one", 10);
		assertThat(claims).extracting(Claim::size).containsExactly(large.length(), 0);
		assertThat(this.claims.events(claims).get(claims.get(0).event()).event().data())
			.isEqualTo(large.getBytes(StandardCharsets.UTF_8));
		assertThat(this.claims.events(claims).get(claims.get(1).event()).event().data()).isNull();
	}

	@Test
	void whatIsClaimedIsClaimedOnceUntilItsClaimEnds() {
		for (int i = 0; i < 5; i++) {
			add(event("e" + i, "{}"), "one");
		}
		assertThat(claim("one", 3)).hasSize(3);
		assertThat(claim("one", 3)).hasSize(2);
		assertThat(claim("one", 3)).isEmpty();
		assertThat(this.claims.ready(List.of("one"), NOW)).isEmpty();
		assertThat(this.claims.ready(List.of("one", "two"), LEASE)).containsExactly("one");
		assertThat(tx(() -> this.claims.claim("one", 10, 1000, LEASE, LEASE.plusSeconds(60)))).hasSize(5);
	}

	@Test
	void noMoreBytesAreClaimedThanAskedForButForOneDelivery() {
		add(event("a", "\"" + "x".repeat(98) + "\""), "one");
		add(event("b", "\"" + "x".repeat(98) + "\""), "one");
		add(event("c", "{}"), "one");
		assertThat(tx(() -> this.claims.claim("one", 10, 10, NOW, LEASE))).hasSize(1);
		assertThat(tx(() -> this.claims.claim("one", 10, 102, NOW, LEASE))).hasSize(2);
	}

	@Test
	void severalInstancesClaimEachDeliveryOnce() throws Exception {
		List<Addition> additions = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			additions.add(new Addition(event("e" + i, "{}"), List.of("one")));
		}
		tx(() -> this.rows.add(additions, NOW, NOW, 0));
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Callable<List<Claim>>> instances = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				DeliveryClaims other = new DeliveryClaims(this.database.dataSource(), "app");
				instances.add(() -> {
					List<Claim> mine = new ArrayList<>();
					List<Claim> some;
					do {
						some = tx(() -> other.claim("one", 7, 1000, NOW, LEASE));
						mine.addAll(some);
					}
					while (!some.isEmpty());
					return mine;
				});
			}
			List<Long> claimed = new ArrayList<>();
			for (Future<List<Claim>> one : threads.invokeAll(instances)) {
				one.get().forEach((claim) -> claimed.add(claim.number()));
			}
			claim("one", 200).forEach((claim) -> claimed.add(claim.number()));
			assertThat(claimed).hasSize(200).doesNotHaveDuplicates();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void anAttemptThatFailedIsDueAgainAndRecorded() {
		add(event("e1", "{}"), "one");
		Claim claim = claim("one", 1).get(0);
		assertThat(end(claim, 503, State.PENDING, NOW.plusSeconds(5), null)).hasSize(1);
		assertThat(tx(() -> this.claims.claim("one", 1, 1, NOW.plusSeconds(4), LEASE))).isEmpty();
		Claim again = tx(() -> this.claims.claim("one", 1, 1, NOW.plusSeconds(5), LEASE)).get(0);
		assertThat(again.attempts()).isOne();
		assertThat(again.tries()).isOne();
		assertThat(end(again, 200, State.DELIVERED, null, NOW)).hasSize(1);
		Delivery delivery = this.archive.find(claim.number()).orElseThrow();
		assertThat(delivery.state()).isEqualTo(State.DELIVERED);
		assertThat(delivery.attempts()).isEqualTo(2);
		assertThat(delivery.due()).isNull();
		assertThat(delivery.ended()).isEqualTo(NOW);
		assertThat(this.archive.attempts(claim.number(), 10)).extracting(Attempt::status).containsExactly(200, 503);
		assertThat(this.archive.attempts(claim.number(), 10).get(1)).isEqualTo(attempt(503));
	}

	@Test
	void whoseClaimHasEndedChangesNothing() {
		add(event("e1", "{}"), "one");
		Claim dead = claim("one", 1).get(0);
		Claim alive = tx(() -> this.claims.claim("one", 1, 1, LEASE, LEASE.plusSeconds(60))).get(0);
		assertThat(end(dead, 500, State.DEAD, null, NOW)).isEmpty();
		assertThat(end(alive, 200, State.DELIVERED, null, NOW)).hasSize(1);
		assertThat(end(dead, 500, State.DEAD, null, NOW)).isEmpty();
		assertThat(this.archive.attempts(alive.number(), 10)).hasSize(1);
		assertThat(this.archive.find(alive.number()).orElseThrow().state()).isEqualTo(State.DELIVERED);
	}

	@Test
	void aReleasedClaimIsDueAtOnceAndCountsNoAttempt() {
		add(event("e1", "{}"), "one");
		List<Claim> claims = claim("one", 1);
		tx(() -> {
			this.claims.release(claims, NOW);
			return true;
		});
		assertThat(claim("one", 1)).singleElement().satisfies((claim) -> assertThat(claim.attempts()).isZero());
	}

	@Test
	void allDeliveriesOfASubscriptionEndTogether() {
		add(event("e1", "{}"), "one", "two");
		add(event("e2", "{}"), "one");
		claim("one", 1);
		assertThat(tx(() -> this.rows.endAll("one", State.CANCELLED, NOW))).isEqualTo(2);
		assertThat(states()).containsExactly(State.CANCELLED, State.PENDING, State.CANCELLED);
		assertThat(tx(() -> this.claims.claim("one", 10, 1000, LEASE, LEASE.plusSeconds(60)))).isEmpty();
		assertThat(claim("two", 1)).hasSize(1);
	}

	@Test
	void anAttemptUnderWayWhenItsDeliveryIsEndedIsKeptAndASuccessCounts() {
		for (int i = 0; i < 4; i++) {
			add(event("e" + i, "{}"), "one");
		}
		List<Claim> claims = claim("one", 4);
		tx(() -> this.rows.endAll("one", State.DEAD, NOW));
		Instant later = NOW.plusSeconds(5);
		// Their endpoint may be another one of the same name by now.
		assertThat(end(claims.get(0), 200, State.DELIVERED, null, later)).as("says nothing of an endpoint").isEmpty();
		assertThat(end(claims.get(1), 500, State.PENDING, later, null)).isEmpty();
		assertThat(end(claims.get(2), 410, State.DEAD, null, later)).isEmpty();
		tx(() -> {
			this.claims.release(claims, NOW);
			return true;
		});
		assertThat(this.archive.list(filter(Set.of(), List.of(), null, null, null, null), null, 10))
			.extracting(Delivery::state, Delivery::attempts, Delivery::due, Delivery::ended)
			.containsExactly(tuple(State.DEAD, 0, null, NOW), tuple(State.DEAD, 1, null, NOW),
					tuple(State.DEAD, 1, null, NOW), tuple(State.DELIVERED, 1, null, later));
		assertThat(claims.subList(0, 3))
			.allSatisfy((claim) -> assertThat(this.archive.attempts(claim.number(), 10)).hasSize(1));
		assertThat(tx(() -> this.claims.claim("one", 10, 1000, LEASE, LEASE.plusSeconds(60)))).isEmpty();
	}

	private List<State> states() {
		return this.archive.list(filter(Set.of(), List.of(), null, null, null, null), null, 10)
			.stream()
			.map(Delivery::state)
			.toList();
	}

	@Test
	void whatWaitsForASubscriptionThatIsGoneIsCancelled() {
		for (String name : List.of("kept", "declared", "removed", "undeclared", "newer")) {
			Instant created = name.equals("newer") ? NOW : NOW.minusSeconds(1);
			tx(() -> this.rows.add(List.of(new Addition(event(name, "{}"), List.of(name))), created, NOW, 0));
		}
		this.database.jdbc().update("""
				insert into busbar_subscription (application, name, url, types, format, headers, max_in_flight, secret,
					created, changed)
				values ('app', 'kept', 'u', '[]', 'f', '{}', 1, 's', current_timestamp, current_timestamp)
				""");
		for (String name : List.of("kept", "declared", "undeclared", "newer")) {
			this.database.jdbc().update("""
					insert into busbar_endpoint (application, subscription, url, failures, warned, opened)
					values ('app', ?, 'u', 0, 0, 0)
					""", name);
		}
		assertThat(tx(() -> this.rows.cancelForgotten(List.of("declared"), NOW, NOW, 1))).isOne();
		assertThat(tx(() -> this.rows.cancelForgotten(List.of("declared"), NOW, NOW, 10))).isOne();
		assertThat(tx(() -> this.rows.cancelForgotten(List.of("declared"), NOW, NOW, 10))).isZero();
		assertThat(this.archive.list(filter(Set.of(State.CANCELLED), List.of(), null, null, null, null), null, 10))
			.allSatisfy((delivery) -> assertThat(delivery.ended()).isEqualTo(NOW))
			.extracting(Delivery::subscription)
			.containsExactly("undeclared", "removed");
		assertThat(claim("undeclared", 1)).isEmpty();
		assertThat(tx(() -> this.rows.cancelForgotten(List.of(), NOW.plusSeconds(1), NOW, 10))).isEqualTo(2);
	}

	@Test
	void eachConditionChooses() {
		long first = add(event("e1", "{}"), "one").get(0);
		long second = add(event("e2", "{}"), "two").get(0);
		assertThat(listed(filter(Set.of(State.PENDING), List.of(), null, null, null, null))).containsExactly(second,
				first);
		assertThat(listed(filter(Set.of(State.DEAD), List.of(), null, null, null, null))).isEmpty();
		assertThat(listed(filter(Set.of(), List.of("two"), null, null, null, null))).containsExactly(second);
		assertThat(listed(filter(Set.of(), List.of(), "order.placed", null, null, null))).hasSize(2);
		assertThat(listed(filter(Set.of(), List.of(), "other", null, null, null))).isEmpty();
		assertThat(listed(filter(Set.of(), List.of(), null, "e1", null, null))).containsExactly(first);
		assertThat(listed(filter(Set.of(), List.of(), "';--\0", "%", null, null))).isEmpty();
		assertThat(listed(filter(Set.of(), List.of(), null, null, NOW, null))).hasSize(2);
		assertThat(listed(filter(Set.of(), List.of(), null, null, null, NOW))).isEmpty();
		assertThat(this.archive.list(filter(Set.of(), List.of(), null, null, null, null), second, 10))
			.extracting(Delivery::number)
			.containsExactly(first);
		DeliveryArchive other = new DeliveryArchive(this.database.dataSource(), "other", new DispatchSignal(),
				this.database.transaction(), Clock.systemUTC());
		assertThat(other.find(first)).isEmpty();
		assertThat(other.list(filter(Set.of(), List.of(), null, null, null, null), null, 10)).isEmpty();
	}

	@Test
	void deadLettersAreAttemptedAgainSinglyAndByCondition() {
		for (String name : List.of("one", "two", "gone")) {
			for (int i = 0; i < 3; i++) {
				add(event(name + i, "{}"), name);
			}
			claim(name, 10).forEach((claim) -> end(claim, 500, State.DEAD, null, NOW));
		}
		long single = listed(filter(Set.of(), List.of("one"), null, null, null, null)).get(0);
		assertThat(this.archive.retry(this.archive.find(single).orElseThrow())).isTrue();
		assertThat(this.archive.retry(this.archive.find(single).orElseThrow())).isFalse();
		Claim again = claim("one", 1).get(0);
		assertThat(again.tries()).isZero();
		assertThat(again.attempts()).isOne();
		end(again, 200, State.DELIVERED, null, NOW);
		List<String> active = List.of("one", "two");
		DeliveryFilter any = filter(Set.of(), List.of(), null, null, null, null);
		assertThat(this.archive.count(any, active)).isEqualTo(5);
		assertThat(this.archive.retryAll(filter(Set.of(), List.of("gone"), null, null, null, null), active, 10))
			.isZero();
		assertThat(this.archive.retryAll(any, List.of(), 10)).isZero();
		assertThat(this.archive.retryAll(filter(Set.of(), List.of("two"), null, "two1", null, null), active, 10))
			.isOne();
		assertThat(this.archive.retryAll(any, active, 3)).isEqualTo(3);
		assertThat(this.archive.retryAll(any, active, 10)).isOne();
		assertThat(listed(filter(Set.of(State.DEAD), List.of(), null, null, null, null))).hasSize(3);
	}

	@Test
	void deadLettersAreAttemptedAgainByTheTimeOfTheirCreation() {
		List<Long> numbers = new ArrayList<>();
		for (int hour = 0; hour < 5; hour++) {
			Addition addition = new Addition(event("e" + hour, "{}"), List.of("one"));
			Instant created = NOW.minus(Duration.ofHours(10 - hour));
			numbers.addAll(tx(() -> this.rows.add(List.of(addition), created, NOW, 0)));
		}
		claim("one", 10).forEach((claim) -> end(claim, 500, State.DEAD, null, NOW));
		DeliveryFilter range = filter(Set.of(), List.of(), null, null, NOW.minus(Duration.ofHours(9)),
				NOW.minus(Duration.ofHours(7)));
		assertThat(this.archive.count(range, List.of("one"))).isEqualTo(2);
		assertThat(this.archive.retryAll(range, List.of("one"), 10)).isEqualTo(2);
		assertThat(claim("one", 10)).extracting(Claim::number).containsExactly(numbers.get(1), numbers.get(2));
		assertThat(this.archive.retryAll(range, List.of("one"), 10)).isZero();
	}

	@Test
	void theTrailOfAnEventTellsItsDeliveries() {
		add(event("e1", "{}"), "one", "two");
		add(event("e2", "{}"), "one");
		claim("one", 1).forEach((claim) -> end(claim, 503, State.PENDING, LEASE, null));
		assertThat(this.archive.find("e1", "/shop", 10)).extracting(Entry::subscription, Entry::attempts, Entry::status)
			.containsExactlyInAnyOrder(tuple("one", 1, 503), tuple("two", 0, null));
		assertThat(this.archive.find("e1", "/other", 10)).isEmpty();
		assertThat(this.archive.sources("e1", 10)).containsExactly("/shop");
		assertThat(this.archive.sources("e3", 10)).isEmpty();
	}

	@Test
	void theTrailOfAnEventTellsItsLastAttemptsAndItsCause() {
		Event<byte @Nullable []> result = new Event<>("e1", "/shop", "order.placed", null, null, null, null, "e0", null,
				null, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
		long number = add(result, "one").get(0);
		for (int attempt = 1; attempt <= 25; attempt++) {
			this.database.jdbc()
				.update("insert into busbar_delivery_attempt (delivery, attempt, started, millis, status, failure) values (?, ?, ?, ?, ?, ?)",
						number, attempt, NOW.plusSeconds(attempt).atOffset(ZoneOffset.UTC), 10 * attempt,
						(attempt < 25) ? 500 : null, (attempt < 25) ? null : "refused");
		}
		this.database.jdbc().update("update busbar_delivery set attempts = 25 where number = ?", number);
		Entry entry = this.archive.find("e1", "/shop", 10).get(0);
		assertThat(entry.cause()).isEqualTo("e0");
		assertThat(entry.status()).isNull();
		assertThat(entry.tried()).hasSize(20)
			.startsWith(new Try(NOW.plusSeconds(25), 250, null, "refused"),
					new Try(NOW.plusSeconds(24), 240, 500, null))
			.endsWith(new Try(NOW.plusSeconds(6), 60, 500, null));
	}

	private List<Long> add(Event<byte @Nullable []> event, String... subscriptions) {
		return tx(() -> this.rows.add(List.of(new Addition(event, List.of(subscriptions))), NOW, NOW, 0));
	}

	private List<Claim> claim(String subscription, int limit) {
		return tx(() -> this.claims.claim(subscription, limit, 10_000_000, NOW, LEASE));
	}

	private List<End> end(Claim claim, int status, State state, @Nullable Instant due, @Nullable Instant ended) {
		return tx(() -> this.claims.end(List.of(new End(claim, attempt(status), state, due, ended))));
	}

	private static Attempt attempt(int status) {
		return new Attempt(NOW, 12, status, null, "answer", null);
	}

	private List<Long> listed(DeliveryFilter filter) {
		return this.archive.list(filter, null, 100).stream().map(Delivery::number).toList();
	}

	private static DeliveryFilter filter(Set<State> states, List<String> subscriptions, @Nullable String type,
			@Nullable String eventId, @Nullable Instant from, @Nullable Instant to) {
		return new DeliveryFilter(states, subscriptions, type, eventId, null, from, to);
	}

	private <T> T tx(Callable<T> work) {
		return this.database.transaction().execute((status) -> {
			try {
				return work.call();
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static Event<byte @Nullable []> event(String id, @Nullable String data) {
		return new Event<>(id, "/shop", "order.placed", "s", NOW, "k", "c", null, "application/json", null,
				Map.of("traceparent", "t"), (data != null) ? data.getBytes(StandardCharsets.UTF_8) : null);
	}

}
