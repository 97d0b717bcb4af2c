package dev.busbar.outbox.redelivery;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.redelivery.Redelivery.Kind;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.TestEvents;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What redeliveries promise, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedeliveriesContract {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	private static final Instant LATER = NOW.plusSeconds(60);

	private final TestDatabase database;

	private final Redeliveries redeliveries;

	RedeliveriesContract(TestDatabase database) {
		this.database = database.withTables();
		this.redeliveries = new JdbcRedeliveries(database.dataSource(), new CloudEvents(JsonMapper.builder().build()),
				new LetterHeaders(List.of()), new RelaySignal(), new RemoteSignal(), Clock.fixed(NOW, ZoneOffset.UTC));
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void aRedeliveryIsFoundByItsTokenUntilItEnds() {
		byte[] large = ("\"" + "x".repeat(1_500_000) + "\"").getBytes(StandardCharsets.UTF_8);
		Redelivery stored = new Redelivery(Kind.REPLAY, "g", TestEvents.event(id(), "t", large), UUID.randomUUID(),
				LATER, null, 3, NOW, UUID.randomUUID(), "detail");
		Redelivery empty = new Redelivery(Kind.PARKED, "g", TestEvents.event(id(), "t", null), UUID.randomUUID(), null,
				gate(id()), 0, null, null, null);
		this.redeliveries.add(List.of(stored, empty));
		assertThat(this.redeliveries.find(List.of(stored.token(), UUID.randomUUID())).values()).singleElement()
			.usingRecursiveComparison()
			.withEqualsForType(Arrays::equals, byte[].class)
			.isEqualTo(stored);
		assertThat(this.redeliveries.find(List.of(empty.token())).values()).singleElement()
			.usingRecursiveComparison()
			.withEqualsForType(Arrays::equals, byte[].class)
			.isEqualTo(empty);
		this.redeliveries.end(List.of(stored.token()));
		assertThat(this.redeliveries.find(List.of(stored.token()))).isEmpty();
	}

	@Test
	void theMessageThatCameFirstIsKeptAndItsPayloadOnceIfItIsTheData() {
		byte[] data = "{}".getBytes(StandardCharsets.UTF_8);
		byte[] structured = "x".repeat(1_500_000).getBytes(StandardCharsets.UTF_8);
		Redelivery binary = redelivery(data,
				new Original(Map.of("ce_id", "1"), data, new DeadLetter.Origin("rabbit", "orders", null, null)));
		Redelivery other = redelivery(data, new Original(Map.of("ce_id", "1", "content-type", "a/b"), structured,
				new DeadLetter.Origin("kafka", "orders", 3, 5_000_000_000L)));
		Redelivery none = redelivery(null,
				new Original(Map.of(), null, new DeadLetter.Origin("kafka", "orders", 3, 7L)));
		this.redeliveries.add(List.of(binary, other, none));
		for (Redelivery stored : List.of(binary, other, none)) {
			assertThat(this.redeliveries.find(List.of(stored.token())).values()).singleElement()
				.usingRecursiveComparison()
				.withEqualsForType(Arrays::equals, byte[].class)
				.isEqualTo(stored);
		}
		assertThat(this.database.jdbc()
			.queryForList("select token from busbar_outgoing where original_payload is not null", UUID.class))
			.containsExactly(other.token());
		Redelivery replaced = new Redelivery(Kind.REPLAY, "g", other.event(), UUID.randomUUID(), LATER, null, 1, NOW,
				null, null);
		this.redeliveries.add(List.of(replaced));
		assertThat(this.redeliveries.find(List.of(replaced.token())).get(replaced.token()).original()).isNull();
	}

	@Test
	void noHeaderIsStoredThatNoDeadLetterKeeps() {
		Map<String, String> headers = Map.of("ce_sessionid", "s1", "x-password", "canary");
		Redelivery redelivery = redelivery(null,
				new Original(headers, null, new DeadLetter.Origin("kafka", "orders", 3, 7L)));
		this.redeliveries.add(List.of(redelivery));
		Original original = this.redeliveries.find(List.of(redelivery.token())).get(redelivery.token()).original();
		assertThat(original).isNotNull();
		assertThat(original.headers()).isEqualTo(Map.of("ce_sessionid", "s1", "x-password", "(hidden)"));
	}

	@SuppressWarnings("NullAway") // The annotation on an array is lost in class files.
	private static Redelivery redelivery(byte @Nullable [] data, Original original) {
		return new Redelivery(Kind.RETRY, "g", TestEvents.event(id(), "t", data), UUID.randomUUID(), LATER, null, 1,
				NOW, null, null, original);
	}

	@Test
	void aGateIsOfGroupStreamAndKey() {
		assertThat(this.redeliveries.gate("g", "s", null)).isNull();
		Set<String> gates = Set.of(hex(this.redeliveries.gate("g", "s", "k")),
				hex(this.redeliveries.gate("h", "s", "k")), hex(this.redeliveries.gate("g", "sk", "")),
				hex(this.redeliveries.gate("g", "s", "k2")));
		assertThat(gates).hasSize(4);
	}

	@Test
	void aGateIsClosedUntilNothingWaitsThere() {
		byte[] gate = gate(id());
		byte[] other = gate(id());
		assertThat(this.redeliveries.closed(List.of(gate, other))).isEmpty();
		Redelivery first = retry(gate);
		Redelivery second = parked(gate);
		assertThat(this.redeliveries.closed(List.of(gate, other))).containsExactly(hex(gate));
		end(first);
		assertThat(this.redeliveries.closed(List.of(gate))).hasSize(1);
		end(second);
		assertThat(this.redeliveries.closed(List.of(gate))).isEmpty();
	}

	@Test
	void severalMayWaitAtANewGateOfOneTransaction() {
		byte[] gate = gate(id());
		List<Redelivery> added = new ArrayList<>();
		this.database.transaction().executeWithoutResult((status) -> {
			this.redeliveries.add(List.of(redelivery(gate, added), redelivery(gate, added)));
			this.redeliveries.add(List.of(redelivery(gate, added)));
		});
		assertThat(this.redeliveries.closed(List.of(gate))).containsExactly(hex(gate));
		assertThat(this.redeliveries.waiting(gate, 9))
			.containsExactlyElementsOf(added.stream().map(Redelivery::token).toList());
	}

	private static Redelivery redelivery(byte[] gate, List<Redelivery> added) {
		Redelivery redelivery = new Redelivery(Kind.RETRY, "g", TestEvents.event(id(), "{}"), UUID.randomUUID(), LATER,
				gate, 1, NOW, null, null);
		added.add(redelivery);
		return redelivery;
	}

	@Test
	void whatIsParkedBecomesDueInItsOrderWhenTheDelayedAttemptEnds() {
		byte[] gate = gate(id());
		Redelivery first = retry(gate);
		Redelivery second = parked(gate);
		Redelivery third = parked(gate);
		this.redeliveries.open(List.of(gate));
		assertThat(due(second)).isNull();
		assertThat(this.redeliveries.waiting(gate, 2)).containsExactly(first.token(), second.token());
		end(first);
		assertThat(due(second)).isEqualTo(NOW);
		assertThat(due(third)).isEqualTo(NOW);
		assertThat(this.redeliveries.waiting(gate, 9)).containsExactly(second.token(), third.token());
	}

	@Test
	void anAttemptThatIsDelayedAgainKeepsItsPlaceAndWhatIsOnItsWayIsParkedBehindIt() {
		byte[] gate = gate(id());
		Redelivery first = retry(gate);
		Redelivery second = parked(gate);
		Redelivery third = parked(gate);
		end(first);
		Redelivery again = new Redelivery(Kind.RETRY, "g", second.event(), UUID.randomUUID(), LATER, gate, 4, NOW, null,
				null);
		this.redeliveries.add(List.of(again));
		this.redeliveries.park(List.of(third.token()));
		this.redeliveries.open(List.of(gate));
		assertThat(this.redeliveries.find(List.of(second.token()))).isEmpty();
		assertThat(this.redeliveries.waiting(gate, 9)).containsExactly(again.token(), third.token());
		assertThat(due(third)).isNull();
		assertThat(due(again)).isEqualTo(LATER);
	}

	@Test
	void whoParksAndWhoEndsWaitForEachOther() throws Exception {
		byte[] gate = gate(id());
		Redelivery first = retry(gate);
		Redelivery second = new Redelivery(Kind.PARKED, "g", TestEvents.event(id(), "{}"), UUID.randomUUID(), null,
				gate, 0, null, null, null);
		CompletableFuture<Void> end = this.database.transaction().execute((status) -> {
			assertThat(this.redeliveries.closed(List.of(gate))).hasSize(1);
			CompletableFuture<Void> other = CompletableFuture
				.runAsync(() -> this.database.transaction().executeWithoutResult((inner) -> end(first)));
			assertThatThrownBy(() -> other.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
			this.redeliveries.add(List.of(second));
			return other;
		});
		end.get(60, TimeUnit.SECONDS);
		assertThat(due(second)).isEqualTo(NOW);
	}

	private void end(Redelivery redelivery) {
		this.redeliveries.end(List.of(redelivery.token()));
		byte[] gate = redelivery.gate();
		if (gate != null) {
			this.redeliveries.open(List.of(gate));
		}
	}

	private @Nullable Instant due(Redelivery redelivery) {
		Redelivery found = this.redeliveries.find(List.of(redelivery.token())).get(redelivery.token());
		assertThat(found).isNotNull();
		return found.due();
	}

	private Redelivery retry(byte[] gate) {
		return add(new Redelivery(Kind.RETRY, "g", TestEvents.event(id(), "{}"), UUID.randomUUID(), LATER, gate, 3, NOW,
				null, null));
	}

	private Redelivery parked(byte[] gate) {
		return add(new Redelivery(Kind.PARKED, "g", TestEvents.event(id(), "{}"), UUID.randomUUID(), null, gate, 0,
				null, null, null));
	}

	private Redelivery add(Redelivery redelivery) {
		this.redeliveries.add(List.of(redelivery));
		return redelivery;
	}

	private byte[] gate(String key) {
		byte[] gate = this.redeliveries.gate("g", "s", key);
		assertThat(gate).hasSize(32);
		return gate;
	}

	private static String hex(byte @Nullable [] gate) {
		return HexFormat.of().formatHex(gate);
	}

	private static String id() {
		return UUID.randomUUID().toString();
	}

}
