package dev.busbar.outbox.remote;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.redelivery.JdbcRedeliveries;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.redelivery.Redelivery.Kind;
import dev.busbar.outbox.remote.RemoteWork.Leased;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.TestEvents;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What waits for remote handlers, and who has it.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class RemoteWorkContract {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private final TestDatabase database;

	private final AtomicInteger woken = new AtomicInteger();

	private final Redeliveries redeliveries;

	private final RemoteWork work;

	private Instant now = Instant.parse("2030-01-02T03:04:05Z");

	RemoteWorkContract(TestDatabase database) {
		this.database = database.withTables();
		RemoteSignal signal = new RemoteSignal();
		signal.listen(this.woken::incrementAndGet);
		Clock clock = new Clock() {

			@Override
			public Instant instant() {
				return RemoteWorkContract.this.now;
			}

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

		};
		this.redeliveries = new JdbcRedeliveries(database.dataSource(), new CloudEvents(JsonMapper.builder().build()),
				new LetterHeaders(List.of()), new RelaySignal(), signal, clock);
		this.work = new RemoteWork(database.dataSource(), signal, clock);
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void whatHasNoKeyIsReadyAtOnceAndGivenOnce() {
		String handler = name();
		UUID token = add(handler, null);
		assertThat(this.woken.get()).isPositive();
		assertThat(claim("another", 9)).isEmpty();
		List<Leased> claimed = claim(handler, 9);
		assertThat(claimed).extracting(Leased::token).containsExactly(token);
		assertThat(claim(handler, 9)).isEmpty();
	}

	@Test
	void whatIsGivenAtOnceIsBoundedBySizeButForTheFirst() {
		String handler = name();
		List<UUID> tokens = new ArrayList<>();
		for (int size : new int[] { 100, 100, 100, 100_000, 10 }) {
			Redelivery redelivery = new Redelivery(Kind.REMOTE, "g", TestEvents.event(name(), "x".repeat(size)),
					UUID.randomUUID(), null, null, 0, null, null, handler);
			this.redeliveries.add(List.of(redelivery));
			tokens.add(redelivery.token());
			this.now = this.now.plusMillis(1);
		}
		assertThat(claim(handler, 9, 250)).extracting(Leased::token).containsExactlyElementsOf(tokens.subList(0, 2));
		assertThat(claim(handler, 9, 100_099)).extracting(Leased::token).containsExactly(tokens.get(2));
		assertThat(claim(handler, 9, 0)).extracting(Leased::token).containsExactly(tokens.get(3));
		assertThat(claim(handler, 9, 0)).extracting(Leased::token).containsExactly(tokens.get(4));
	}

	@Test
	void ofAKeyOnlyTheFirstIsReadyAndTheNextWhenItIsDone() {
		String handler = name();
		byte[] gate = gate(name());
		UUID first = add(handler, gate);
		UUID second = add(handler, gate);
		open(gate);
		assertThat(claim(handler, 9)).extracting(Leased::token).containsExactly(first);
		open(gate);
		assertThat(claim(handler, 9)).isEmpty();
		this.woken.set(0);
		this.database.transaction().executeWithoutResult((status) -> {
			this.redeliveries.end(List.of(first));
			this.redeliveries.open(List.of(gate));
		});
		assertThat(this.woken.get()).isEqualTo(1);
		assertThat(claim(handler, 9)).extracting(Leased::token).containsExactly(second);
	}

	@Test
	void whatIsParkedBehindItIsWokenWhenItIsDone() {
		String handler = name();
		byte[] gate = gate(name());
		UUID first = add(handler, gate);
		Redelivery parked = new Redelivery(Kind.PARKED, "g", TestEvents.event(name(), "{}"), UUID.randomUUID(), null,
				gate, 0, null, null, null);
		this.redeliveries.add(List.of(parked));
		open(gate);
		assertThat(due(parked)).isNull();
		this.database.transaction().executeWithoutResult((status) -> {
			this.redeliveries.end(List.of(first));
			this.redeliveries.open(List.of(gate));
		});
		assertThat(due(parked)).isNotNull();
	}

	@Test
	void aLeaseEndsOnceAndWhatItWasForIsReadyAgain() {
		String handler = name();
		UUID token = add(handler, null);
		Leased leased = claim(handler, 1).get(0);
		assertThat(end(name(), leased.lease())).as("another handler's").isNull();
		assertThat(end(handler, UUID.randomUUID())).isNull();
		assertThat(end(handler, leased.lease())).isEqualTo(token);
		assertThat(end(handler, leased.lease())).isNull();
		assertThat(claim(handler, 1)).extracting(Leased::token).containsExactly(token);
	}

	@Test
	void aLeaseThatWasNotAnsweredIsFoundWhenItsTimeIsOver() {
		String handler = name();
		add(handler, null);
		Leased leased = claim(handler, 1).get(0);
		assertThat(expired(handler)).isEmpty();
		this.now = this.now.plus(LEASE).minusSeconds(1);
		assertThat(this.work.extend(leased.lease(), LEASE)).isEqualTo(this.now.plus(LEASE));
		this.now = this.now.plus(LEASE).minusSeconds(1);
		assertThat(expired(handler)).isEmpty();
		this.now = this.now.plusSeconds(1);
		assertThat(expired(handler)).containsExactly(leased.lease());
		assertThat(this.work.extend(leased.lease(), LEASE)).isNull();
		assertThat(claim(handler, 1)).as("nobody gets it before that is settled").isEmpty();
	}

	@Test
	void whoeverTakesItsPlaceEndsTheLease() {
		String handler = name();
		Redelivery first = redelivery(handler, null);
		this.redeliveries.add(List.of(first));
		Leased leased = claim(handler, 1).get(0);
		this.redeliveries.add(List.of(new Redelivery(Kind.RETRY, "g", first.event(), UUID.randomUUID(), this.now, null,
				1, this.now, null, null)));
		assertThat(end(handler, leased.lease())).isNull();
		assertThat(claim(handler, 1)).isEmpty();
	}

	@Test
	void severalInstancesAtOnceNeverGetTheSame() {
		String handler = name();
		for (int i = 0; i < 60; i++) {
			add(handler, null);
		}
		List<CompletableFuture<List<UUID>>> instances = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			instances.add(CompletableFuture.supplyAsync(() -> {
				List<UUID> all = new ArrayList<>();
				for (int empty = 0; empty < 3;) {
					List<Leased> claimed = claim(handler, 4);
					empty = claimed.isEmpty() ? empty + 1 : 0;
					claimed.forEach((each) -> all.add(each.token()));
				}
				return all;
			}));
		}
		List<UUID> tokens = new ArrayList<>();
		instances.forEach((instance) -> tokens.addAll(instance.join()));
		tokens.addAll(claim(handler, 60).stream().map(Leased::token).toList());
		Set<UUID> distinct = new HashSet<>(tokens);
		assertThat(tokens).hasSize(60);
		assertThat(distinct).hasSize(60);
	}

	private List<Leased> claim(String handler, int limit) {
		return claim(handler, limit, 1_000_000);
	}

	private List<Leased> claim(String handler, int limit, long bytes) {
		List<Leased> claimed = this.database.transaction()
			.execute((status) -> this.work.claim("g", handler, limit, bytes, LEASE));
		return (claimed != null) ? claimed : List.of();
	}

	private @Nullable UUID end(String handler, UUID lease) {
		return this.database.transaction().execute((status) -> this.work.end("g", handler, lease));
	}

	private List<UUID> expired(String handler) {
		return this.work.expired("g", handler, 9);
	}

	private void open(byte[] gate) {
		this.database.transaction().executeWithoutResult((status) -> this.redeliveries.open(List.of(gate)));
	}

	private UUID add(String handler, byte @Nullable [] gate) {
		Redelivery redelivery = redelivery(handler, gate);
		this.redeliveries.add(List.of(redelivery));
		return redelivery.token();
	}

	private static Redelivery redelivery(String handler, byte @Nullable [] gate) {
		return new Redelivery(Kind.REMOTE, "g", TestEvents.event(name(), "{}"), UUID.randomUUID(), null, gate, 0, null,
				null, handler);
	}

	private @Nullable Instant due(Redelivery redelivery) {
		Redelivery found = this.redeliveries.find(List.of(redelivery.token())).get(redelivery.token());
		return (found != null) ? found.due() : null;
	}

	private byte[] gate(String key) {
		byte[] gate = this.redeliveries.gate("g", "s", key);
		assertThat(gate).hasSize(32);
		return gate;
	}

	private static String name() {
		return UUID.randomUUID().toString();
	}

}
