package dev.busbar.operations;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.busbar.operations.Replayer.Outcome;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.archive.ArchivedLetter.State;
import dev.busbar.store.archive.LetterFilter;
import dev.busbar.store.archive.Replay;
import dev.busbar.store.archive.Replays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a replay of many letters promises, on every database: each goes once, and however
 * many there are, few are in memory and on their way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BulkReplayContract {

	static final String GROUP = "g";

	private static final Instant TIME = Instant.parse("2020-01-02T03:04:05Z");

	private static final LetterFilter ALL = new LetterFilter(Set.of(), null, null, null, null, null, null, null);

	private static final String INSERT = """
			insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key,
				headers, payload, exception, cause, attempts, first_failure, last_failure, broker, destination)
			values (?, ?, 'g', 'h', '/test', ?, 't', 'k', '{}', ?, 'x.Boom', 'boom', 3, ?, ?, 'test', 't')
			""";

	private final TestDatabase database;

	private final ConfigurableApplicationContext context;

	private final Archive archive;

	private final Replays replays;

	/** The letters of each call, in their order. */
	private final List<List<ArchivedLetter>> sent = new ArrayList<>();

	private final List<RuntimeException> failures = new ArrayList<>();

	BulkReplayContract(TestDatabase database) {
		this.database = database.withTables();
		this.context = ReplayInSmallHeap.stores(database.dataSource().getJdbcUrl(),
				database.dataSource().getUsername());
		this.archive = this.context.getBean(Archive.class);
		this.replays = this.context.getBean(Replays.class);
	}

	@BeforeEach
	void clear() {
		this.sent.clear();
		this.failures.clear();
		for (String table : List.of("busbar_dead_letter", "busbar_replay")) {
			this.database.jdbc().update("delete from " + table);
		}
	}

	@AfterAll
	void close() {
		this.context.close();
		this.database.close();
	}

	@Test
	void eachLetterGoesOnceInPagesOfTwoHundredTheOldestFirst() {
		insert(450, 10);
		BulkReplay bulk = bulk(State.REPLAYED);
		Replay replay = bulk.start(bulk.chosen(ALL), null, "ann");
		assertThat(replay.total()).isEqualTo(450);
		assertThat(untilItWaits(bulk)).isEqualTo(450);
		assertThat(this.sent).extracting(List::size).containsExactly(200, 200, 50);
		assertThat(this.sent.stream().flatMap(List::stream).map((each) -> each.letter().eventId()))
			.doesNotHaveDuplicates()
			.startsWith("e0", "e1", "e2");
		assertThat(this.replays.find(GROUP, replay.id())).hasValueSatisfying((ended) -> {
			assertThat(ended.state()).isEqualTo(Replay.State.DONE);
			assertThat(ended.done()).isEqualTo(450);
			assertThat(ended.skipped()).isZero();
		});
	}

	@Test
	void noMoreThanTwoThousandAreOnTheirWay() {
		insert(2_300, 10);
		BulkReplay bulk = bulk(State.REPLAYING);
		bulk.start(bulk.chosen(ALL), null, "ann");
		assertThat(untilItWaits(bulk)).isEqualTo(2_000);
		this.database.jdbc()
			.update("update busbar_dead_letter set state = 'REPLAYED' where id in (select id from busbar_dead_letter "
					+ "where state = 'REPLAYING' limit 100)");
		assertThat(untilItWaits(bulk)).isEqualTo(100);
		this.database.jdbc().update("update busbar_dead_letter set state = 'REPLAYED' where state = 'REPLAYING'");
		assertThat(untilItWaits(bulk)).isEqualTo(200);
		assertThat(bulk.running()).isEmpty();
	}

	@Test
	void aPageHoldsEightMegabytesUnlessOneLetterIsLarger() {
		insert(5, 3_000_000);
		insert(1, 9_000_000);
		BulkReplay bulk = bulk(State.REPLAYED);
		bulk.start(bulk.chosen(ALL), null, "ann");
		assertThat(untilItWaits(bulk)).isEqualTo(6);
		assertThat(this.sent).allSatisfy((page) -> assertThat(page.size() == 1 || bytes(page) <= 8_000_000).isTrue());
		assertThat(this.sent).hasSize(4);
	}

	@Test
	void aFailureThatPassesLeavesNoLetterOut() {
		insert(3, 10);
		BulkReplay bulk = bulk(State.REPLAYED);
		Replay replay = bulk.start(bulk.chosen(ALL), null, "ann");
		this.failures.addAll(List.of(new PessimisticLockingFailureException("deadlock"),
				new DataAccessResourceFailureException("cut"), new CannotCreateTransactionException("away")));
		for (int i = 0; i < 3; i++) {
			// A page of one letter, too.
			int allowance = i + 1;
			RuntimeException expected = this.failures.get(0);
			assertThatThrownBy(() -> bulk.step(bulk.running().get(0), allowance)).isSameAs(expected);
		}
		assertThat(untilItWaits(bulk)).isEqualTo(3);
		assertThat(this.replays.find(GROUP, replay.id())).hasValueSatisfying((ended) -> {
			assertThat(ended.done()).isEqualTo(3);
			assertThat(ended.skipped()).isZero();
		});
	}

	@Test
	void aLetterThatCannotBeTriedIsLeftOutAndTheOthersGo() {
		insert(3, 10);
		BulkReplay bulk = bulk(State.REPLAYED);
		Replay replay = bulk.start(bulk.chosen(ALL), null, "ann");
		this.failures.add(new IllegalStateException("broken"));
		this.failures.add(new IllegalStateException("broken"));
		untilItWaits(bulk);
		assertThat(this.replays.find(GROUP, replay.id())).hasValueSatisfying((ended) -> {
			assertThat(ended.done()).isEqualTo(2);
			assertThat(ended.skipped()).isOne();
			assertThat(ended.problem()).contains("could not be tried");
		});
	}

	private BulkReplay bulk(State next) {
		return ReplayInSmallHeap.bulk(this.context, (letters) -> {
			if (!this.failures.isEmpty()) {
				throw this.failures.remove(0);
			}
			this.sent.add(letters);
			this.archive.move(letters.stream().map((each) -> each.letter().id()).toList(), next);
			return new Outcome(letters.size(), 0, null);
		}, Clock.systemUTC());
	}

	private int untilItWaits(BulkReplay bulk) {
		int taken = 0;
		while (!bulk.running().isEmpty()) {
			int step = bulk.step(bulk.running().get(0), Integer.MAX_VALUE);
			if (step == 0) {
				break;
			}
			taken += Math.max(0, step);
		}
		return taken;
	}

	private static long bytes(List<ArchivedLetter> page) {
		return page.stream().mapToLong((each) -> {
			byte[] payload = each.letter().payload();
			return (payload != null) ? payload.length : 0;
		}).sum();
	}

	private void insert(int count, int size) {
		List<Object[]> rows = new ArrayList<>(count);
		byte[] payload = new byte[size];
		for (int i = 0; i < count; i++) {
			UUID id = UUID.randomUUID();
			Object time = TIME.plusSeconds(i).atOffset(ZoneOffset.UTC);
			rows.add(new Object[] { id, id.toString().getBytes(StandardCharsets.UTF_8), "e" + i, payload, time, time });
		}
		this.database.jdbc().batchUpdate(INSERT, rows);
	}

}
