package dev.busbar.store.archive;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.busbar.store.EventKeys;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.archive.Archive.Action;
import dev.busbar.store.archive.Archive.Count;
import dev.busbar.store.archive.Archive.Entry;
import dev.busbar.store.archive.Archive.Place;
import dev.busbar.store.archive.ArchivedLetter.State;
import dev.busbar.store.retention.Purge;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the archive of dead letters promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ArchiveContract {

	private static final Instant TIME = Instant.parse("2030-01-02T03:04:05.123456Z");

	private static final LetterFilter ANY = new LetterFilter(Set.of(), null, null, null, null, null, null, null);

	private static final String INSERT = """
			insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key,
				headers, payload, exception, cause, attempts, first_failure, last_failure, broker, destination)
			values (?, ?, 'g', ?, '/test', ?, ?, 'Key', '{"a":"b"}', ?, ?, ?, 3, ?, ?, 'rabbit', 'order.placed')
			""";

	private final TestDatabase database;

	private final Archive archive;

	private final Replays replays;

	ArchiveContract(TestDatabase database) {
		this.database = database.withTables();
		Clock clock = Clock.fixed(TIME, ZoneOffset.UTC);
		this.archive = new JdbcArchive(database.dataSource(), clock);
		this.replays = new JdbcReplays(database.dataSource(), clock);
	}

	@BeforeEach
	void clear() {
		for (String table : List.of("busbar_dead_letter", "busbar_dead_letter_action", "busbar_replay",
				"busbar_inbox")) {
			this.database.jdbc().update("delete from " + table);
		}
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void pagesHaveEachLetterOnceAndTheNewestFirst() {
		List<UUID> ids = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			// Some at the same time.
			ids.add(letter("e" + i, "t", "h", "x.Boom", "boom", TIME.plusSeconds(i / 3)));
		}
		List<UUID> listed = new ArrayList<>();
		List<Entry> page = this.archive.list(ANY, null, 4);
		while (!page.isEmpty()) {
			page.forEach((entry) -> listed.add(entry.id()));
			page = this.archive.list(ANY, page.get(page.size() - 1).place(), 4);
		}
		assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
		assertThat(this.archive.list(ANY, null, 10)).extracting(Entry::firstFailure)
			.isSortedAccordingTo((a, b) -> b.compareTo(a));
		List<Place> first = this.archive.places(ANY, null, 6);
		List<Place> rest = this.archive.places(ANY, first.get(5), 6);
		assertThat(first).extracting(Place::id).doesNotContainAnyElementsOf(rest.stream().map(Place::id).toList());
		assertThat(rest).hasSize(4);
		assertThat(first.get(0)).satisfies((place) -> {
			assertThat(place.firstFailure()).isEqualTo(TIME);
			assertThat(place.size()).isEqualTo(2);
		});
	}

	@Test
	void eachConditionChooses() {
		UUID one = letter("Order_1%", "order.placed", "decide", "java.lang.IllegalStateException", "No such ITEM",
				TIME);
		UUID two = letter("e2", "order.paid", "pay", "shop.Ledger$Closed", "closed", TIME.plusSeconds(1));
		this.archive.move(List.of(two), State.DISCARDED);
		assertThat(found(filter(Set.of(State.OPEN), null, null, null, null, null, null))).containsExactly(one);
		assertThat(found(filter(Set.of(), "order.paid", null, null, null, null, null))).containsExactly(two);
		assertThat(found(filter(Set.of(), null, "decide", null, null, null, null))).containsExactly(one);
		assertThat(found(filter(Set.of(), null, null, "IllegalStateException", null, null, null))).containsExactly(one);
		assertThat(found(filter(Set.of(), null, null, "Closed", null, null, null))).containsExactly(two);
		assertThat(found(filter(Set.of(), null, null, "shop.Ledger$Closed", null, null, null))).containsExactly(two);
		assertThat(found(filter(Set.of(), null, null, "StateException", null, null, null))).isEmpty();
		assertThat(found(filter(Set.of(), null, null, null, "such item", null, null))).containsExactly(one);
		assertThat(found(filter(Set.of(), null, null, null, "order_1%", null, null))).containsExactly(one);
		assertThat(found(filter(Set.of(), null, null, null, "o%r", null, null))).isEmpty();
		assertThat(found(filter(Set.of(), null, null, null, "key", null, null))).containsExactlyInAnyOrder(one, two);
		assertThat(found(filter(Set.of(), null, null, null, null, TIME.plusSeconds(1), null))).containsExactly(two);
		assertThat(found(filter(Set.of(), null, null, null, null, null, TIME.plusSeconds(1)))).containsExactly(one);
		assertThat(this.archive.count(ANY.openOf("g"))).isOne();
		assertThat(this.archive.count(ANY.openOf("other"))).isZero();
		assertThat(this.archive.list(filter(Set.of(), "';--\0", "%", "'", "!", null, null), null, 10)).isEmpty();
	}

	@Test
	void theSummaryCountsLettersThatAreAlike() {
		letter("e1", "a", "h", "x.Boom", "boom", TIME);
		letter("e2", "a", "h", "x.Boom", "bang", TIME);
		letter("e3", null, null, "x.Boom", "boom", TIME);
		assertThat(this.archive.summary(ANY, 10)).containsExactly(new Count(State.OPEN, "a", "h", "x.Boom", 2),
				new Count(State.OPEN, null, null, "x.Boom", 1));
		assertThat(this.archive.summary(ANY, 1)).hasSize(1);
	}

	@Test
	void editedDataStandsBesideWhatCame() {
		UUID id = letter("e1", null, "h", "x.Boom", "boom", TIME);
		this.archive.edit(id, bytes("{\"a\":1}"), "ann");
		this.archive.identify(id, "/other", "other", "order.placed");
		ArchivedLetter letter = this.archive.find(id).orElseThrow();
		assertThat(letter.letter().payload()).isEqualTo(bytes("{}"));
		assertThat(letter.edited()).isEqualTo(bytes("{\"a\":1}"));
		assertThat(letter.editedBy()).isEqualTo("ann");
		assertThat(letter.letter().type()).isEqualTo("order.placed");
		assertThat(letter.letter().source()).isEqualTo("/test");
		assertThat(letter.letter().eventId()).isEqualTo("e1");
		assertThat(this.archive.find(UUID.randomUUID())).isEmpty();
	}

	@Test
	void lettersAreLockedAndMovedTogether() {
		UUID later = letter("e1", "a", "h", "x.Boom", "boom", TIME.plusSeconds(1));
		UUID first = letter("e2", "a", "h", "x.Boom", "boom", TIME);
		this.database.transaction().executeWithoutResult((status) -> {
			assertThat(this.archive.lock(List.of(later, first, UUID.randomUUID())))
				.extracting((letter) -> letter.letter().id())
				.containsExactly(first, later);
			this.archive.move(List.of(first, later), State.REPLAYING);
		});
		assertThat(this.archive.replaying("g", 10)).isEqualTo(2);
		assertThat(this.archive.replaying("g", 1)).isEqualTo(1);
		assertThat(this.archive.replaying("other", 10)).isZero();
	}

	@Test
	void whatPeopleDidIsRememberedTheNewestFirst() {
		UUID letter = letter("e1", "a", "h", "x.Boom", "boom", TIME);
		UUID replay = UUID.randomUUID();
		Action edit = new Action(letter, Action.Kind.EDIT, "ann", TIME, null, null);
		Action sent = new Action(letter, Action.Kind.REPLAY, "anonymous", TIME, null, replay);
		Action discard = new Action(letter, Action.Kind.DISCARD, "bob", TIME, "was paid by hand \0", null);
		this.archive.record(List.of(edit, sent));
		this.archive.record(List.of(discard));
		assertThat(this.archive.actions(letter, 10)).hasSize(3).element(2).isEqualTo(edit);
		assertThat(this.archive.actions(letter, 1)).singleElement()
			.satisfies((action) -> assertThat(action.reason()).isEqualTo("was paid by hand \uFFFD"));
		assertThat(this.archive.statesOf(replay)).isEqualTo(Map.of(State.OPEN, 1L));
	}

	@Test
	void aReplayIsKeptAndGoesOnWhereItWas() {
		LetterFilter filter = filter(Set.of(State.OPEN), "a", null, null, "text", TIME, null);
		Replay replay = replay(filter);
		this.replays.add(replay);
		assertThat(this.replays.find("g", replay.id())).hasValue(replay);
		assertThat(this.replays.find("other", replay.id())).isEmpty();
		Place place = new Place(TIME, UUID.randomUUID(), 0);
		assertThat(this.replays.advance(replay, 3, 1, place, "why")).isTrue();
		assertThat(this.replays.advance(replay, 3, 1, place, "why")).isFalse();
		Replay now = this.replays.running("g").get(0);
		assertThat(now.done()).isEqualTo(3);
		assertThat(now.skipped()).isEqualTo(1);
		assertThat(now.reached()).isEqualTo(place);
		assertThat(this.replays.advance(now, 1, 0, place, null)).isTrue();
		assertThat(this.replays.cancel(replay.id(), "bob")).isTrue();
		assertThat(this.replays.cancel(replay.id(), "eve")).isFalse();
		this.replays.done(replay.id());
		assertThat(this.replays.running("g")).isEmpty();
		Replay ended = this.replays.list("g", 10).get(0);
		assertThat(ended.state()).isEqualTo(Replay.State.CANCELLED);
		assertThat(ended.finished()).isEqualTo(TIME);
		assertThat(ended.problem()).isEqualTo("why");
		assertThat(this.replays.advance(ended, 1, 0, place, null)).isFalse();
	}

	@Test
	void onlyWhatHasEndedIsPurgedAfterItsRetention() {
		UUID open = letter("e1", "a", "h", "x.Boom", "boom", TIME.minusSeconds(9_000_000));
		UUID replaying = letter("e2", "a", "h", "x.Boom", "boom", TIME);
		UUID discarded = letter("e3", "a", "h", "x.Boom", "boom", TIME);
		this.archive.move(List.of(replaying), State.REPLAYING);
		this.archive.move(List.of(discarded), State.DISCARDED);
		this.archive.record(List.of(new Action(open, Action.Kind.EDIT, "ann", TIME, null, null),
				new Action(discarded, Action.Kind.DISCARD, "ann", TIME, "why", null)));
		Replay replay = replay(ANY);
		this.replays.add(replay);
		this.replays.done(replay.id());
		ArchiveConfiguration configuration = new ArchiveConfiguration();
		DeadLetterProperties properties = new DeadLetterProperties(Duration.ofDays(1), List.of());
		for (Purge purge : List.of(configuration.deadLetterPurge(properties), configuration.replayPurge(properties))) {
			assertThat(purge(purge, TIME)).as(purge.name()).isZero();
			assertThat(purge(purge, TIME.plusSeconds(1))).as(purge.name()).isOne();
		}
		assertThat(this.archive.find(open)).isPresent();
		assertThat(this.archive.find(replaying)).isPresent();
		assertThat(this.archive.actions(open, 10)).hasSize(1);
		assertThat(this.archive.actions(discarded, 10)).isEmpty();
	}

	@Test
	void anEventIsRememberedAsDeadAsLongAsALetterOfItIsThere() {
		UUID one = letter("twice", "a", "h", "x.Boom", "boom", TIME);
		UUID two = letter("twice", "a", "h", "x.Boom", "boom", TIME);
		UUID open = letter("open", "a", "h", "x.Boom", "boom", TIME);
		inbox("twice", "DEAD");
		inbox("open", "DEAD");
		inbox("handled", "HANDLED");
		this.archive.move(List.of(one, letter("handled", "a", "h", "x.Boom", "boom", TIME)), State.DISCARDED);
		Purge purge = new ArchiveConfiguration()
			.deadLetterPurge(new DeadLetterProperties(Duration.ofDays(1), List.of()));
		assertThat(purge(purge, TIME.plusSeconds(1))).isEqualTo(2);
		assertThat(remembered()).containsExactly("handled", "open", "twice");
		this.archive.move(List.of(two), State.DISCARDED);
		assertThat(purge(purge, TIME.plusSeconds(1))).isOne();
		assertThat(remembered()).containsExactly("handled", "open");
		assertThat(this.archive.find(open)).isPresent();
	}

	private void inbox(String eventId, String state) {
		this.database.jdbc()
			.update("insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts, "
					+ "reached) values (?, 'g', '/test', ?, 'a', ?, ?, 1, ?)", EventKeys.of("g", "/test", eventId),
					eventId, bytes("digest"), state, TIME.atOffset(ZoneOffset.UTC));
	}

	private List<String> remembered() {
		return this.database.jdbc().queryForList("select event_id from busbar_inbox order by event_id", String.class);
	}

	private int purge(Purge purge, Instant before) {
		return purge.chunk().remove(this.database.jdbc(), before.atOffset(ZoneOffset.UTC), 1000);
	}

	private static Replay replay(LetterFilter filter) {
		return new Replay(UUID.randomUUID(), "g", filter, 7, "ann", Replay.State.RUNNING, 10, 0, 0, null, null, TIME,
				null, null);
	}

	private List<UUID> found(LetterFilter filter) {
		return this.archive.list(filter, null, 100).stream().map(Entry::id).toList();
	}

	private static LetterFilter filter(Set<State> states, @Nullable String type, @Nullable String handler,
			@Nullable String exception, @Nullable String text, @Nullable Instant from, @Nullable Instant to) {
		return new LetterFilter(states, null, type, handler, exception, text, from, to);
	}

	private UUID letter(String eventId, @Nullable String type, @Nullable String handler, String exception, String cause,
			Instant time) {
		UUID id = UUID.randomUUID();
		this.database.jdbc()
			.update(INSERT, id, letterKey(eventId, id), handler, eventId, type, bytes("{}"), exception, cause,
					time.atOffset(ZoneOffset.UTC), time.atOffset(ZoneOffset.UTC));
		return id;
	}

	/** As the store makes it: letters of one event id stand side by side. */
	private static byte[] letterKey(String eventId, UUID id) {
		byte[] key = EventKeys.lowest(eventId);
		System.arraycopy(bytes(id.toString()), 0, key, 8, 16);
		return key;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
