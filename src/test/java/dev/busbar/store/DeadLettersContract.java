package dev.busbar.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the store of dead letters promises, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DeadLettersContract {

	private static final Instant FIRST = Instant.parse("2030-01-02T03:04:05.123456Z");

	private static final Instant LATER = Instant.parse("2030-01-03T03:04:05Z");

	private final TestDatabase database;

	private final DeadLetters letters;

	private final List<DeadLetter> told = new ArrayList<>();

	DeadLettersContract(TestDatabase database) {
		this.database = database.withTables();
		this.letters = new JdbcDeadLetters(database.dataSource(), new LetterHeaders(List.of()), this.told::add);
	}

	@BeforeEach
	void clear() {
		this.told.clear();
		this.database.jdbc().update("delete from busbar_dead_letter");
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void aDeadLetterIsKeptAsItIs() {
		byte[] payload = { 0, (byte) 0xff, 10, (byte) 0xc3 };
		DeadLetter letter = letter("/test", "e1", payload, "boom", 3, FIRST);
		this.letters.add(letter);
		assertThat(this.letters.find("e1")).singleElement()
			.usingRecursiveComparison()
			.withEqualsForType(Arrays::equals, byte[].class)
			.withStrictTypeChecking()
			.isEqualTo(letter);
	}

	@Test
	void noSecretOfAHeaderIsKept() {
		DeadLetter letter = letter("/test", "secret", bytes("{}"), "boom", 3, FIRST);
		Map<String, String> headers = Map.of("ce_id", "secret", "pgpass", "canary", "ce_link",
				"https://u:canary@host/");
		this.letters.add(new DeadLetter(letter.id(), "g", null, "/test", "secret", "order.placed", "k", headers,
				letter.payload(), "x.Boom", "boom", 1, FIRST, FIRST, letter.origin()));
		assertThat(this.letters.find("secret")).singleElement()
			.extracting(DeadLetter::headers)
			.isEqualTo(Map.of("ce_id", "secret", "pgpass", "(hidden)", "ce_link", "(hidden)"));
	}

	@Test
	void theSameEventAgainAddsItsAttemptsAndTheLastFailure() {
		DeadLetter first = letter("/test", "e2", bytes("{}"), "boom", 3, FIRST);
		this.letters.add(first);
		this.letters.add(letter("/test", "e2", bytes("{}"), "bang", 2, LATER));
		DeadLetter kept = this.letters.find("e2").get(0);
		assertThat(this.told).containsExactly(first);
		assertThat(this.letters.count()).isOne();
		assertThat(kept.id()).isEqualTo(first.id());
		assertThat(kept.attempts()).isEqualTo(5);
		assertThat(kept.cause()).isEqualTo("bang");
		assertThat(kept.firstFailure()).isEqualTo(FIRST);
		assertThat(kept.lastFailure()).isEqualTo(LATER);
	}

	@Test
	void otherDataUnderTheSameIdDoesNotVanish() {
		this.letters.add(letter("/test", "e3", bytes("{}"), "boom", 1, FIRST));
		this.letters.add(letter("/test", "e3", bytes("{\"a\":1}"), "conflict", 1, LATER));
		assertThat(this.letters.find("e3")).extracting((letter) -> new String(payload(letter), StandardCharsets.UTF_8))
			.containsExactly("{}", "{\"a\":1}");
	}

	@Test
	void messagesThatDidNotDecodeAreAlwaysNew() {
		this.letters.add(letter(null, null, bytes("?"), "no event", 1, FIRST));
		this.letters.add(letter(null, null, bytes("?"), "no event", 1, FIRST));
		this.letters.add(letter(null, "e4", null, "no source", 1, FIRST));
		this.letters.add(letter(null, "e4", null, "no source", 1, FIRST));
		assertThat(this.letters.count()).isEqualTo(4);
		assertThat(this.letters.find("e4")).hasSize(2);
	}

	@Test
	void whatNoDatabaseStoresAsTextIsReplaced() {
		this.letters.add(letter("/\0\uDC00", "e5\0", bytes("{}"), "\0" + "x".repeat(9000), 1, FIRST));
		DeadLetter kept = this.letters.find("e5\0").get(0);
		assertThat(kept.source()).isEqualTo("/\uFFFD\uFFFD");
		assertThat(kept.cause()).hasSize(8000).startsWith("\uFFFDx").endsWith("\u2026");
	}

	@Test
	void aPayloadOfSeveralMegabytesIsKept() {
		byte[] payload = new byte[5_000_000];
		payload[payload.length - 1] = 7;
		this.letters.add(letter("/test", "e6", payload, "too large", 1, FIRST));
		assertThat(this.letters.find("e6").get(0).payload()).isEqualTo(payload);
	}

	@Test
	void theLettersOfOneSourceAreSummarizedUpToALimit() {
		DeadLetter first = letter("/b", "e7", bytes("{}"), "boom", 1, FIRST);
		this.letters.add(letter("/b", "e7", bytes("{\"a\":1}"), "conflict", 1, LATER));
		this.letters.add(first);
		this.letters.add(letter("/a", "e7", bytes("{}"), "boom", 1, FIRST));
		this.letters.add(letter(null, "e7", bytes("{}"), "boom", 1, FIRST));
		assertThat(this.letters.summaries("e7", "/b", 1)).containsExactly(new DeadLetters.Summary(first.id(), "g",
				"decideOrder", "/b", "e7", "order.placed", "java.lang.IllegalStateException", 1, FIRST, FIRST, false));
		this.database.jdbc().update("update busbar_dead_letter set state = 'REPLAYED' where id = ?", first.id());
		assertThat(this.letters.summaries("e7", "/b", 10)).extracting(DeadLetters.Summary::replayed)
			.containsExactly(true, false);
		assertThat(this.letters.summaries("e7", "", 10)).hasSize(1);
		assertThat(this.letters.summaries("e7", null, 10)).hasSize(4);
		assertThat(this.letters.sources("e7", 10)).containsExactly("", "/a", "/b");
		assertThat(this.letters.sources("e7", 2)).hasSize(2);
	}

	@Test
	void lettersOfRefusedResultsAreFoundTogetherWithoutThoseOfFailedHandlers() {
		for (String id : List.of("r1", "r2", "r3")) {
			DeadLetter.Origin origin = new DeadLetter.Origin("rabbit", "t", null, null);
			this.letters.add(new DeadLetter(UUID.randomUUID(), "g", null, "/busbar", id, "t", null, Map.of(),
					bytes("{}"), "x.Rejected", "no", 1, FIRST, FIRST, origin));
		}
		this.letters.add(letter("/busbar", "r1", bytes("{\"a\":1}"), "boom", 1, FIRST));
		assertThat(this.letters.refused(List.of("r1", "r2", "other"), 10)).extracting(DeadLetters.Summary::eventId)
			.containsExactlyInAnyOrder("r1", "r2");
		assertThat(this.letters.refused(List.of("r1", "r2"), 1)).hasSize(1);
		assertThat(this.letters.refused(List.of(), 10)).isEmpty();
	}

	@Test
	void aLetterIsOpenUntilItsReplayWasHandled() {
		DeadLetter letter = letter("/test", "e8", bytes("{}"), "boom", 3, FIRST);
		assertThat(this.letters.add(letter)).isTrue();
		assertThat(state(letter)).isEqualTo("OPEN");
		this.letters.replayed(letter.id());
		assertThat(state(letter)).isEqualTo("OPEN");
		setState(letter, "REPLAYING");
		this.letters.replayed(letter.id());
		assertThat(state(letter)).isEqualTo("REPLAYED");
		assertThat(this.database.jdbc()
			.queryForObject("select count(*) from busbar_dead_letter where ended is not null", Long.class)).isOne();
	}

	@Test
	void aLetterThatFailsAgainIsOpenWithItsCountRaisedAndOfTheSameMessage() {
		DeadLetter letter = letter("/test", "e9", bytes("{}"), "boom", 3, FIRST);
		this.letters.add(letter);
		setState(letter, "REPLAYING");
		DeadLetter failed = letter("/test", "e9", bytes("{\"edited\":1}"), "bang", 2, LATER);
		DeadLetter again = new DeadLetter(failed.id(), "g", "decideOrder", "/test", "e9", "order.placed", "k", Map.of(),
				failed.payload(), failed.exception(), "bang", 2, LATER, LATER,
				new DeadLetter.Origin("kafka", "elsewhere", 1, 7L));
		assertThat(this.letters.failedAgain(letter.id(), again)).isTrue();
		assertThat(state(letter)).isEqualTo("OPEN");
		assertThat(this.letters.find("e9")).singleElement().satisfies((kept) -> {
			assertThat(kept.id()).isEqualTo(letter.id());
			assertThat(kept.attempts()).isEqualTo(5);
			assertThat(kept.cause()).isEqualTo("bang");
			assertThat(kept.payload()).isEqualTo(bytes("{}"));
			assertThat(kept.headers()).isEqualTo(letter.headers());
			assertThat(kept.origin()).isEqualTo(letter.origin());
			assertThat(kept.firstFailure()).isEqualTo(FIRST);
			assertThat(kept.lastFailure()).isEqualTo(LATER);
		});
		assertThat(this.letters.failedAgain(UUID.randomUUID(), again)).isFalse();
	}

	@Test
	void theSameFailureOpensALetterAgainUnlessItWasDiscarded() {
		for (String state : List.of("REPLAYED", "REPLAYING", "DISCARDED")) {
			DeadLetter letter = letter("/test", state, bytes("{}"), "boom", 1, FIRST);
			this.letters.add(letter);
			setState(letter, state);
			assertThat(this.letters.add(letter("/test", state, bytes("{}"), "bang", 1, LATER))).isFalse();
			assertThat(state(letter)).isEqualTo(state.equals("DISCARDED") ? state : "OPEN");
		}
	}

	@Test
	void aLateCopyLeavesALetterAloneWhoseDataAPersonHasChanged() {
		for (String state : List.of("OPEN", "REPLAYING", "REPLAYED", "DISCARDED")) {
			DeadLetter letter = letter("/test", "edited-" + state, bytes("{}"), "boom", 3, FIRST);
			this.letters.add(letter);
			setState(letter, state);
			this.database.jdbc()
				.update("update busbar_dead_letter set edited = ? where id = ?", bytes("{\"a\":1}"), letter.id());
			DeadLetter late = letter("/test", "edited-" + state, bytes("{}"), "conflict", 1, LATER);
			assertThat(this.letters.add(late)).isFalse();
			assertThat(state(letter)).isEqualTo(state);
			assertThat(this.letters.find("edited-" + state)).singleElement().satisfies((kept) -> {
				assertThat(kept.cause()).isEqualTo("boom");
				assertThat(kept.attempts()).isEqualTo(3);
				assertThat(kept.lastFailure()).isEqualTo(FIRST);
			});
			assertThat(this.letters.failedAgain(letter.id(), late)).isTrue();
			assertThat(state(letter)).isEqualTo("OPEN");
		}
	}

	private String state(DeadLetter letter) {
		return String.valueOf(this.database.jdbc()
			.queryForObject("select state from busbar_dead_letter where id = ?", String.class, letter.id()));
	}

	private void setState(DeadLetter letter, String state) {
		this.database.jdbc().update("update busbar_dead_letter set state = ? where id = ?", state, letter.id());
	}

	@SuppressWarnings("NullAway") // The annotation on an array is lost in class files.
	private static DeadLetter letter(@Nullable String source, @Nullable String id, byte @Nullable [] payload,
			String cause, int attempts, Instant time) {
		return new DeadLetter(UUID.randomUUID(), "g", "decideOrder", source, id, "order.placed", "k",
				Map.of("ce_id", "Grüße \0\uD83D\uDE00"), payload, "java.lang.IllegalStateException", cause, attempts,
				time, time, new DeadLetter.Origin("rabbit", "order.placed", 3, null));
	}

	private static byte[] payload(DeadLetter letter) {
		byte[] payload = letter.payload();
		return (payload != null) ? payload : new byte[0];
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
