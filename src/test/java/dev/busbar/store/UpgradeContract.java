package dev.busbar.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.busbar.store.letter.LetterHeaders;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two versions side by side: the tables of this one serve the one before it. The
 * statements are those of the version that had the first migration alone.
 */
abstract class UpgradeContract {

	private static final String INBOX = """
			insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts,
				reached, handling, place)
			values (?, 'shop', '/s', '1', 'order.placed', ?, ?, 1, ?, null, null)
			""";

	private static final String LETTER = """
			insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key,
				headers, payload, exception, cause, attempts, first_failure, last_failure, broker, destination,
				partition_number, position_number)
			values (?, ?, 'shop', 'decideOrder', '/s', '1', 'order.placed', 'k', '{}', ?, 'java.lang.Error', 'why', 3, ?,
				?, 'jdbc', 'order.placed', 1, 2)
			""";

	private static final String OUTBOX = """
			insert into busbar_outbox (number, consumer_group, cause_key, cause_id, envelope, data, large_data, stored,
				published)
			values (1, 'shop', ?, '1', ?, null, null, ?, null)
			""";

	private static final byte[] BYTES = { 1, 2, 3 };

	private final TestDatabase database = database();

	private final JdbcTemplate jdbc = this.database.jdbc();

	abstract TestDatabase database();

	@AfterEach
	void drop() {
		this.database.close();
	}

	@Test
	void theVersionBeforeWritesIntoTheTablesOfThisOne() {
		this.database.withTables();
		writeAsTheVersionBefore();
		assertThat(this.jdbc.queryForObject("select state from busbar_dead_letter", String.class)).isEqualTo("OPEN");
		assertThat(this.jdbc.queryForObject("select count(*) from busbar_inbox where token is null", Long.class))
			.isEqualTo(1);
		assertThat(letters().find("1")).singleElement()
			.satisfies((letter) -> assertThat(letter.attempts()).isEqualTo(3));
	}

	@Test
	void theVersionBeforeStartsOnTheTablesOfThisOne(@TempDir Path folder) throws IOException {
		this.database.withTables();
		Flyway before = versionBefore(folder);
		assertThat(before.migrate().migrationsExecuted).isZero();
		writeAsTheVersionBefore();
	}

	@Test
	void whatTheVersionBeforeLeftIsStillThere(@TempDir Path folder) throws IOException {
		assertThat(versionBefore(folder).migrate().migrationsExecuted).isEqualTo(1);
		writeAsTheVersionBefore();
		this.database.withTables();
		assertThat(letters().find("1")).hasSize(1);
		assertThat(this.jdbc.queryForObject("select state from busbar_dead_letter", String.class)).isEqualTo("OPEN");
		assertThat(this.jdbc.queryForObject("select count(*) from busbar_outbox", Long.class)).isEqualTo(1);
	}

	private DeadLetters letters() {
		return new JdbcDeadLetters(this.database.dataSource(), new LetterHeaders(List.of()), (letter) -> {
		});
	}

	private void writeAsTheVersionBefore() {
		OffsetDateTime now = OffsetDateTime.now();
		this.jdbc.update(INBOX, BYTES, BYTES, "HANDLED", now);
		this.jdbc.update("update busbar_inbox set state = 'DEAD', attempts = 3, reached = ?, handling = null, "
				+ "place = null where event_key = ? and digest = ? and state <> 'HANDLED'", now, BYTES, BYTES);
		this.jdbc.update(LETTER, UUID.randomUUID(), EventKeys.join("1", EventKeys.sha256("1")), BYTES, now, now);
		this.jdbc.update(OUTBOX, BYTES, BYTES, now);
		this.jdbc.update("update busbar_outbox set published = ? where number = 1", now);
	}

	private Flyway versionBefore(Path folder) throws IOException {
		try (InputStream first = StoreSchema.class.getResourceAsStream("migration/V1__store.sql")) {
			Files.copy(Objects.requireNonNull(first), folder.resolve("V1__store.sql"));
		}
		String blob = this.database.dataSource().getJdbcUrl().startsWith("jdbc:h2") ? "blob" : "bytea";
		return Flyway.configure()
			.dataSource(this.database.dataSource())
			.locations("filesystem:" + folder.toAbsolutePath())
			.table("busbar_schema_history")
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.placeholders(Map.of("blob", blob))
			.load();
	}

}
